import { type ManualStep, manualSteps } from '../core/manual.ts'
import { fencingToken } from '../core/marks.ts'
import { pointPassed } from '../core/next/index.ts'
import { placeholders } from '../core/plan.ts'
import { shellWord } from '../core/shell.ts'
import { escapeText } from '../core/text.ts'
import type { ManualWay } from './documents/runs.ts'
import type { Story } from './outcome.ts'
import { backSteps, type Standing } from './standing.ts'

/** `kubectl --context prod-use1`: how people reach the cluster of that name. */
export type Kubectl = (cluster: string) => string

interface Reading {
  readonly kubectl: Kubectl
  /** Whether somebody outside of the cluster vouches for the plan. */
  readonly isProved: boolean
}

/** The way back from where a run stands, for hands: what is due of it and was not yet seen to be done. */
export function manualWay(story: Story, reading: Reading): ManualWay {
  const { kubectl } = reading
  const { plan, state, units } = story
  const token = fencingToken(state.run, state.epoch)
  const filled = (text: string): string =>
    text.replaceAll(placeholders.run, state.run).replaceAll(placeholders.fence, token)
  const known = new Map(plan.clusters.map(({ name, uid }) => [name, uid]))
  return {
    v: 1,
    run: state.run,
    clusters: [...new Set(units.map(({ unit }) => unit.cluster))].map((name) => ({
      name,
      uid: known.get(name) ?? '',
      check: checkOf(kubectl(name), known.get(name) ?? ''),
    })),
    units: units.map((standing) => ({
      id: standing.unit.id,
      nothing: nothingToDo(standing),
      steps: stepsOf(standing, reading).map(({ id, does, commands, proof, moves }) => ({
        id,
        does: filled(does),
        moves,
        commands: commands.map(filled),
        proof: proof.map(filled),
      })),
    })),
  }
}

/** A context can be pointed elsewhere, the uid of kube-system can't. It fails, and ends no shell that it is pasted into. */
const checkOf = (kubectl: string, uid: string): string =>
  `test "$(${kubectl} get namespace kube-system -o jsonpath='{.metadata.uid}')" = ${shellWord(uid)} || { echo 'STOP: this is another cluster' >&2; false; }`

function stepsOf(
  { unit, state }: Standing,
  { kubectl, isProved }: Reading,
): (ManualStep & { readonly moves: 'traffic' | 'services' | 'pods' | 'rest' })[] {
  if (nothingToDo({ unit, state }) !== null) return []
  const due = backSteps(unit, state).filter(({ id }) => state.steps.get(id)?.phase !== 'settled')
  return manualSteps({ unit, kubectl: kubectl(unit.cluster) }, due).map((step, index) => {
    const { moves = 'rest', action } = due[index] ?? {}
    const isHook = action?.mutation.verb === 'hook'
    return { ...step, moves, ...(isHook && !isProved && { commands: [unvouchedHook] }) }
  })
}

/** A command line out of a ConfigMap is whatever somebody wrote there. */
const unvouchedHook = '# a hook of the run is not printed: nobody vouches for it'

export const unvouched =
  'this plan was read back from a cluster and nobody vouches for it: read each line before you run it'

function nothingToDo({ unit, state }: Pick<Standing, 'unit' | 'state'>): string | null {
  if (state.ended) return `it has ended: ${escapeText(state.ended.outcome)}`
  const point = state.turn?.past === undefined ? pointPassed({ unit, state }) : undefined
  if (point)
    return `"${escapeText(point.does)}" can't be undone, so there is no way back: deploy resume finishes, deploy abort --past ${shellWord(point.id)} goes back all the same`
  return backSteps(unit, state).some(({ id }) => state.steps.get(id)?.phase !== 'settled')
    ? null
    : 'nothing of it was changed, or all is taken back'
}

/** As a script for bash, to be read and pasted, or run as it is. */
export function manualText(
  way: ManualWay,
  { plan, outcome, isProved }: Pick<Story, 'plan' | 'outcome'> & Pick<Reading, 'isProved'>,
): string {
  const { service, from, version } = plan.release
  const { run } = way
  const due = way.units.filter(({ steps }) => steps.length > 0)
  const idle = way.units.filter(({ steps }) => steps.length === 0)
  const head = [
    `# Run ${run}, ${escapeText(service)} ${escapeText(from)} → ${escapeText(version)}: what is left of the way back, by hand. For bash, in this order.`,
    ...(isProved ? [] : [`# ${unvouched}`]),
    ...(outcome === 'running'
      ? ['# IT IS DRIVEN NOW: end that process first, or it does the opposite meanwhile.']
      : []),
    ...idle.map(({ id, nothing }) => `# ${escapeText(id)}: ${nothing}`),
  ]
  if (due.length === 0) return `${head.join('\n')}\n`
  // Users first, everywhere, with what has to be there before; then the rest, unit by unit.
  const urgent = (unit: ManualWay['units'][number]): number =>
    unit.steps.findLastIndex(({ moves }) => moves === 'traffic') + 1
  const traffic = due.map((unit) => ({ ...unit, steps: unit.steps.slice(0, urgent(unit)) }))
  const rest = due.map((unit) => ({ ...unit, steps: unit.steps.slice(urgent(unit)) }))
  const used = new Set(
    due.map(({ id }) => plan.waves.flatMap(({ units }) => units).find((unit) => unit.id === id)?.cluster),
  )
  const blocks = [...traffic, ...rest].flatMap(({ id, steps }) =>
    steps.map(({ does, commands, proof }) => [
      `# ${due.length > 1 ? `${escapeText(id)}: ` : ''}${does}`,
      ...commands,
      ...proof,
    ]),
  )
  const checks = way.clusters.filter(({ name }) => used.has(name)).map(({ check }) => check)
  return [
    head,
    // In a shell of its own, which alone ends where a check fails: also when all of it is pasted into a terminal.
    ['(', 'set -e', '# the clusters must be those of the plan:', ...checks, 'set +e'],
    ...blocks,
    [')'],
    [`# the run is still open: with the tool at hand, "deploy abort ${run}" finds all this done and closes it`],
  ]
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}
