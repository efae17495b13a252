import { type BackStep, type Plan, type Stage, type Step, stepsOf, type Unit, unitsOf } from './plan.ts'

/** What every plan must obey, whoever wrote it. Returns what it breaks, in words; nothing for a good plan. */
export function broken(plan: Plan): string[] {
  const units = unitsOf(plan)
  return [
    ...repeated(units.map(({ id }) => id)).map((id) => `unit ${id} is there twice`),
    ...units.flatMap((unit) => laws.flatMap((law) => law(unit).map((text) => `${unit.id}: ${text}`))),
  ]
}

type Law = (unit: Unit) => string[]

const forwardOf = (unit: Unit): readonly Step[] => unit.stages.flatMap((stage) => stage.steps)

const repeated = (ids: readonly string[]): string[] => ids.filter((id, index) => ids.indexOf(id) !== index)

const idsAreUnique: Law = (unit) =>
  repeated([...unit.stages.map(({ id }) => `stage ${id}`), ...stepsOf(unit).map(({ id }) => `step ${id}`)]).map(
    (id) => `${id} is there twice`,
  )

/** No weight to a backend before somebody is ready there, neither forward nor back. */
const trafficIsGuarded: Law = (unit) =>
  [...forwardOf(unit).filter(movesTraffic), ...unit.back.filter(bringsBack)]
    .filter(({ action }) => !action.guard)
    .map(({ id }) => `step ${id} moves requests without looking who is ready to take them`)

const movesTraffic = ({ id, action: { mutation } }: Step): boolean =>
  mutation.verb === 'change' &&
  !id.startsWith('close.') &&
  !id.includes('retire') &&
  (mutation.object.kind.endsWith('Route') || mutation.object.kind === 'Service')

const bringsBack = ({ moves, action: { mutation } }: BackStep): boolean =>
  (moves === 'traffic' || moves === 'services') && mutation.verb === 'change'

const everyShiftIsGated: Law = (unit) =>
  unit.stages
    .filter((stage: Stage) => stage.steps.some(movesTraffic) && stage.id !== 'prepare' && stage.gates.length === 0)
    .map(({ id }) => `stage ${id} moves requests and has no gate`)

const trafficGoesBackBeforePods: Law = (unit) => {
  const firstPods = unit.back.findIndex(({ moves }) => moves === 'pods')
  return firstPods >= 0 && unit.back.findLastIndex(bringsBack) > firstPods
    ? ['the way back touches pods before requests are back']
    : []
}

const everyStepHasAWayBack: Law = (unit) => {
  const undone = new Set(unit.back.filter(isUndo).flatMap(({ undoes }) => undoes))
  return forwardOf(unit)
    .filter((step) => step.undo === 'back' && !undone.has(step.id))
    .map(({ id }) => `step ${id} has no way back`)
}

/** Taking our marks off brings back nothing, and neither does a hook that we know nothing about. */
const isUndo = ({ action: { mutation } }: BackStep): boolean =>
  !['disown', 'delete-sets', 'hook'].includes(mutation.verb)

const nothingReturnsPastNever: Law = (unit) => {
  const steps = forwardOf(unit)
  const first = steps.findIndex(({ undo }) => undo === 'never')
  return first < 0
    ? []
    : steps
        .slice(first)
        .filter(({ undo }) => undo === 'back')
        .map(({ id }) => `step ${id} would be undone across a step that can't be`)
}

const undoesAreKnown: Law = (unit) => {
  const known = new Set(forwardOf(unit).map(({ id }) => id))
  return [...(unit.past ?? []), ...unit.back].flatMap(({ id, undoes }) =>
    undoes.filter((step) => !known.has(step)).map((step) => `step ${id} undoes ${step}, which is not there`),
  )
}

const onlyHooksHappenOnce: Law = (unit) =>
  stepsOf(unit)
    .filter(({ action }) => (action.send === 'once') !== (action.mutation.verb === 'hook'))
    .map(({ id }) => `step ${id} may happen only once, and nobody could look whether it did`)

/** Past a step that can't be undone the old pods are gone: nothing may be sent to them before they are back. */
const podsComeFirstPast: Law = ({ past = [] }) =>
  past.filter(({ moves }) => moves !== 'pods').map(({ id }) => `step ${id} comes before the old pods are back`)

const laws: readonly Law[] = [
  idsAreUnique,
  trafficIsGuarded,
  everyShiftIsGated,
  trafficGoesBackBeforePods,
  everyStepHasAWayBack,
  nothingReturnsPastNever,
  undoesAreKnown,
  onlyHooksHappenOnce,
  podsComeFirstPast,
]
