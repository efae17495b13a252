import type { Deployment, ReplicaSet } from '../../../core/objects.ts'
import type { Millis } from '../../../core/time.ts'
import { matches } from '../../../core/view.ts'
import {
  controllerOf,
  type Edit,
  type Key,
  keyOf,
  keyOfObject,
  nothing,
  ownerKey,
  type Rule,
  type Turn,
  type World,
} from '../../world.ts'
import { outdated } from './history.ts'
import { known, withYoung } from './young.ts'
import { pauseNoted } from './pause.ts'
import { rolled } from './roll.ts'
import { scaled, wasScaled } from './scale.ts'
import { everySet, ownSets, revisionKey, revisionOf, type Sets, sorted } from './sets.ts'
import { counted, deadlineAt, isComplete, present, progressed, type Status } from './status.ts'

/** The Deployment controller (Kubernetes pkg/controller/deployment, `syncDeployment`). */
export const deploymentRule: Rule = {
  name: 'deployment',
  delay: [5, 40],
  concerns: (object, world) => {
    if (object.kind === 'Deployment') return [keyOfObject(object)]
    if (object.kind !== 'ReplicaSet') return []
    return controllerOf(object) ? ownerKey(object, 'Deployment') : suitors(object as ReplicaSet, world)
  },
  act,
}

const suitors = (set: ReplicaSet, world: World): Key[] =>
  world
    .all('Deployment', set.metadata.namespace)
    .filter(({ spec }) => matches(spec.selector, set.metadata.labels))
    .map(keyOfObject)

function act(world: World, key: Key, now: Millis): Turn {
  const live = world.get(key) as Deployment | undefined
  if (!live) return nothing
  const deployment = pauseNoted(live, now)
  const sets = known(deployment, sorted(deployment, ownSets(world, deployment)))
  const isHeld = deployment.spec.paused === true
  if (isHeld || wasScaled(deployment, sets)) {
    const next = scaled(deployment, sets)
    return turn(world, live, next, counted(deployment, next, now), isHeld)
  }
  const made = withYoung(world, deployment, sets, now)
  if ('stop' in made) return turn(world, live, sets, made.stop, false)
  const next = rolled(made.deployment, made.sets)
  const status = progressed(made.deployment, next, now)
  return turn(world, live, next, status, next === made.sets && isComplete(live, present(live)), made.edits)
}

/** All that differs from what stands there, as edits. */
function turn(
  world: World,
  live: Deployment,
  sets: Sets,
  status: Status,
  mayForget: boolean,
  first: readonly Edit[] = [],
): Turn {
  const puts = everySet(sets)
    .filter((set) => set.metadata.uid !== undefined && world.get(keyOfObject(set)) !== set)
    .map((object): Edit => ({ do: 'put', object }))
  const drops = mayForget
    ? outdated(live, sets.old).map(
        ({ metadata: { name, namespace = '' } }): Edit => ({
          do: 'delete',
          key: keyOf({ kind: 'ReplicaSet', namespace, name }),
        }),
      )
    : []
  const again = deadlineAt(live, status)
  return {
    edits: [...first, ...puts, ...drops, { do: 'put', object: reported(live, sets, status) }],
    // The deadline has passed when it is over, to the second.
    ...(again !== null && !live.spec.paused && { again: again + 1000 }),
  }
}

/** The Deployment carries the revision of its new set. */
function reported(live: Deployment, { young }: Sets, status: Status): Deployment {
  const revision = young ? String(revisionOf(young)) : live.metadata.annotations?.[revisionKey]
  const annotations = { ...live.metadata.annotations, ...(revision !== undefined && { [revisionKey]: revision }) }
  return {
    ...live,
    metadata: { ...live.metadata, ...(Object.keys(annotations).length > 0 && { annotations }) },
    status,
  }
}
