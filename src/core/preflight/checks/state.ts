import { defaultDeadline } from '../../moves/context.ts'
import { brake } from '../../moves/locks.ts'
import { second, span } from '../../time.ts'
import { type Check, kubectl, patch } from '../check.ts'

/** The state in which the workload itself is found. */
export const operatorOwned: Check = {
  code: 'operator-owned',
  level: 'refuse',
  emergency: 'stays',
  look({ object, called, version }) {
    const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true)
    if (!owner) return null
    return {
      what: `${called} is made by ${owner.kind} ${owner.name}`,
      why: 'its operator writes the template back at any time, also in the middle of a release',
      remedy: `release ${version} through ${owner.kind} ${owner.name}`,
    }
  },
}

export const alreadyPaused: Check = {
  code: 'paused',
  level: 'refuse',
  emergency: 'stays',
  look: (facts) =>
    facts.deployment?.spec.paused === true
      ? {
          what: `${facts.called} is paused`,
          why: 'somebody has stopped its roll-outs, and this one would let it run again',
          remedy: kubectl(facts, `rollout resume deployment/${facts.workload.name}, when whoever paused it agrees`),
        }
      : null,
}

export const noReplicas: Check = {
  code: 'no-replicas',
  level: 'refuse',
  // Not lifted: nothing would run, so nothing could be judged, and to ask for a pod is one command.
  emergency: 'stays',
  look: (facts) =>
    facts.replicas === 0
      ? {
          what: `${facts.called} has 0 replicas`,
          why: 'no pod would be made, so nothing could be judged',
          remedy: kubectl(facts, `scale ${facts.called.replace(' ', '/')} --replicas=1, then release`),
        }
      : null,
}

export const brakeLeft: Check = {
  code: 'brake-left',
  level: 'refuse',
  emergency: 'stays',
  look(facts) {
    const { minReadySeconds = 0 } = facts.object.spec
    if (minReadySeconds < Number(brake['/spec/minReadySeconds'])) return null
    return {
      what: `${facts.called} has minReadySeconds ${minReadySeconds} and no run is open`,
      why: 'it is left over from a release that was killed: no pod will ever be available, and it would be put back at the end',
      remedy: patch(
        facts,
        facts.called.replace(' ', '/'),
        { op: 'replace', path: '/spec/minReadySeconds', value: 0 },
        ...(facts.deployment ? [{ op: 'replace', path: '/spec/progressDeadlineSeconds', value: 600 }] : []),
      ),
    }
  },
}

export const longMinReady: Check = {
  code: 'min-ready-long',
  level: 'warn',
  emergency: 'stays',
  look({ object, called }) {
    const wait = (object.spec.minReadySeconds ?? 0) * second
    if (wait < defaultDeadline || wait >= Number(brake['/spec/minReadySeconds']) * second) return null
    return {
      what: `${called} has minReadySeconds ${wait / second}`,
      why: `every stage with new pods takes ${span(wait)} at the least; the default deadline of a stage is ${span(defaultDeadline)}`,
      remedy: 'lower minReadySeconds: the soak of a stage watches pods, too',
    }
  },
}

export const shortHistory: Check = {
  code: 'history-short',
  level: 'warn',
  emergency: 'off',
  look(facts) {
    const limit = facts.deployment?.spec.revisionHistoryLimit ?? 10
    if (limit >= 2) return null
    return {
      what: `${facts.called} has revisionHistoryLimit ${limit}`,
      why:
        limit === 0
          ? 'after the release its controller deletes the ReplicaSet that `deploy rollback` and `kubectl rollout undo` return to'
          : 'a release that is taken back fills the one place, and the ReplicaSet that `deploy rollback` returns to is deleted',
      remedy: patch(facts, `deployment/${facts.workload.name}`, {
        op: 'add',
        path: '/spec/revisionHistoryLimit',
        value: 2,
      }),
    }
  },
}
