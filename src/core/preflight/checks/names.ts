import { marks, runOfToken } from '../../marks.ts'
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
      `ConfigMap/deploy-undo-${workload.name}`,
    ])
    return [...view.objects]
      .filter(([key]) => wanted.has(key))
      .map(([, { kind, metadata }]) => {
        const token = metadata.annotations?.[marks.token]
        const object = `${kind.toLowerCase()}/${metadata.name}`
        return {
          what: `${kind} ${metadata.name} is there already${token ? `, left over from run ${runOfToken(token)}` : ' and is somebody else’s'}`,
          why: 'the release makes one of that name and deletes it at the end',
          remedy: token
            ? kubectl(facts, `delete ${object}`)
            : `rename it; ${kubectl(facts, `get ${object} -o yaml`)} shows whose it is`,
        }
      })
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
