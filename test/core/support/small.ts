import type { Action, BackStep, Hook, Plan, Stage, Step, Unit, Wave } from '../../../src/core/plan.ts'
import { minute } from '../../../src/core/time.ts'
import { planOf } from '../../support/plans.ts'
import { ref } from './cast.ts'

const setting = (path: string, to: string | null, from: string | null): Action => ({
  mutation: { verb: 'change', object: ref('Service'), changes: [{ path, from: [from], to }] },
  send: 'assert',
  expect: { kind: 'written' },
})

/** A step that writes one field of `service/web`, and needs nothing but to be written. */
export const step = (id: string, more: Partial<Step> & { readonly act?: Partial<Action> } = {}): Step => {
  const { act, ...rest } = more
  return { id, does: `do ${id}`, undo: 'back', action: { ...setting(`/spec/${id}`, 'on', null), ...act }, ...rest }
}

export const hookStep = (id: string, hook: Partial<Hook> = {}, undo: Step['undo'] = 'keep'): Step => ({
  id,
  does: `run ${id}`,
  undo,
  action: {
    mutation: { verb: 'hook', hook: { argv: ['./smoke.sh'], timeout: minute, ...hook } },
    send: 'once',
    expect: { kind: 'exited' },
  },
})

export const stage = (id: string, steps: readonly Step[], more: Partial<Stage> = {}): Stage => ({
  id,
  title: `stage ${id}`,
  steps,
  gates: [{ kind: 'pods', allowedBad: 0 }],
  soak: 0,
  deadline: minute,
  otherwise: 'back',
  ...more,
})

const undoOf = ({ id }: Step): BackStep => ({
  id: `back.${id}`,
  does: `undo ${id}`,
  moves: 'rest',
  undoes: [id],
  action: setting(`/spec/${id}`, null, 'on'),
})

export interface SmallWish {
  readonly clusters?: readonly string[]
  readonly waves?: (units: readonly Unit[]) => Wave[]
  readonly back?: readonly BackStep[]
}

/** A plan of these stages, with a way back for each step that has one. */
export const smallPlan = (stages: readonly Stage[], { back, ...wish }: SmallWish = {}): Plan =>
  planOf({
    ...wish,
    unit: ({ past: _, ...unit }) => ({
      ...unit,
      stages,
      back:
        back ??
        stages
          .flatMap(({ steps }) => steps)
          .filter(({ undo }) => undo === 'back')
          .map(undoOf)
          .reverse(),
    }),
  })
