import { type Check, patch } from '../check.ts'

/** How the workload replaces its pods, and whether the strategy asked for can be had with that. */
export const recreate: Check = {
  code: 'recreate',
  level: 'refuse',
  emergency: 'warns',
  look(facts) {
    if (facts.deployment?.spec.strategy?.type !== 'Recreate') return null
    const value = { type: 'RollingUpdate' }
    return {
      what: `${facts.called} has strategy Recreate`,
      why: 'it says that two versions must not run side by side: all old pods stop before the first new one starts',
      remedy: `if they may: ${patch(facts, `deployment/${facts.workload.name}`, { op: 'replace', path: '/spec/strategy', value })}`,
    }
  },
}

export const rollingOnly: Check = {
  code: 'statefulset-rolling-only',
  level: 'refuse',
  emergency: 'off',
  look: ({ statefulSet, called, strategy, version }) =>
    statefulSet && strategy.traffic === 'routed'
      ? {
          what: `${called} can not be released by strategy ${strategy.name}`,
          why: 'a StatefulSet has one pod for each name and volume: there can be no second set beside it',
          remedy: `deploy rolling ${version}`,
        }
      : null,
}

export const onDelete: Check = {
  code: 'on-delete',
  level: 'refuse',
  emergency: 'stays',
  look: (facts) =>
    facts.statefulSet?.spec.updateStrategy?.type === 'OnDelete'
      ? {
          what: `${facts.called} has updateStrategy OnDelete`,
          why: 'its controller replaces no pod until somebody deletes it',
          remedy: patch(facts, `statefulset/${facts.workload.name}`, {
            op: 'replace',
            path: '/spec/updateStrategy',
            value: { type: 'RollingUpdate' },
          }),
        }
      : null,
}

export const partitionLeft: Check = {
  code: 'partition-set',
  level: 'refuse',
  emergency: 'warns',
  look(facts) {
    const partition = facts.statefulSet?.spec.updateStrategy?.rollingUpdate?.partition ?? 0
    if (partition === 0) return null
    return {
      what: `${facts.called} has partition ${partition}`,
      why: `the pods below ordinal ${partition} would stay on the old version`,
      remedy: patch(facts, `statefulset/${facts.workload.name}`, {
        op: 'replace',
        path: '/spec/updateStrategy/rollingUpdate/partition',
        value: 0,
      }),
    }
  },
}
