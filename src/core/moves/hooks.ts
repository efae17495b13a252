import type { Hook, Step } from '../plan.ts'
import type { StepDraft } from '../router.ts'
import type { UnitHooks } from './context.ts'

export const hookDrafts = (hooks: readonly Hook[], event: keyof UnitHooks): StepDraft[] =>
  hooks.map((hook, index) => ({
    id: `${event}-${index + 1}`,
    does: `run ${hook.argv.join(' ')}`,
    action: { mutation: { verb: 'hook', hook }, send: 'once', expect: { kind: 'exited' } },
  }))

/** A hook has no undo of its own: what it did stays, and `on-rollback` is where the service takes it back. */
export const hookSteps = (hooks: readonly Hook[], event: keyof UnitHooks): Step[] =>
  hookDrafts(hooks, event).map((draft) => ({ ...draft, undo: 'keep' }))
