import { undoName } from '../../moves/prepare.ts'
import { type Check, kubectl } from '../check.ts'

/** Names that the release is going to give to objects of its own. */
export const nameTaken: Check = {
  code: 'name-taken',
  level: 'refuse',
  emergency: 'stays',
  look(facts) {
    const { view, secondary, workload, pinned, emergency } = facts
    const beside = pinned && !emergency
    const wanted = new Set<string>([
      ...(beside ? [`Service/${secondary}`, `PodDisruptionBudget/${secondary}`] : []),
      `ConfigMap/${undoName(workload)}`,
    ])
    return [...view.objects]
      .filter(([key]) => wanted.has(key))
      .map(
        ([
          ,
          {
            kind,
            metadata: { name },
          },
        ]) => ({
          what: `${kind} ${name} is there already and is somebody else's`,
          why: 'the release makes one of that name and deletes it at the end',
          remedy: `rename it; ${kubectl(facts, `get ${kind.toLowerCase()}/${name} -o yaml`)} shows whose it is`,
        }),
      )
  },
}

/** Names of Services are DNS labels (RFC 1035). */
export const nameTooLong: Check = {
  code: 'name-too-long',
  level: 'refuse',
  emergency: 'off',
  look: ({ pinned, secondary, service }) =>
    pinned && secondary.length > 63
      ? {
          what: `the name ${secondary} has ${secondary.length} characters, a Service may have 63`,
          why: 'the release makes a Service of that name for the new pods',
          remedy: `shorten the name of service ${service}, or use the strategy rolling`,
        }
      : null,
}
