import { type Check, type Facts, smallerBatches } from '../check.ts'
import { defaultsOf } from '../limit-ranges.ts'
import { nodesFor } from '../nodes.ts'
import { type Exclusive, exclusivesOf, hostname } from '../one-per-domain.ts'
import { quantityText } from '../quantity.ts'
import { podAmounts } from '../requests.ts'
import { roomFor } from '../room.ts'
import { counted } from '../words.ts'

/** Where the pods beside the replicas would stand. */
export const nodeRoom: Check = {
  code: 'node-room',
  // Not a refusal: an autoscaler of nodes may make room, which can't be seen from here.
  level: 'warn',
  emergency: 'stays',
  look(facts) {
    const { view, nodes, newTemplate, surge, called } = facts
    if (!nodes || surge === 0) return null
    const defaults = defaultsOf(view)
    const room = roomFor(view, nodes, newTemplate, defaults)
    if (room.pods >= surge) return null
    const amounts = Object.entries(podAmounts(newTemplate, 'requests', defaults))
    const each = amounts.map(([resource, milli]) => `${quantityText(resource, milli)} ${resource}`).join(', ')
    return {
      what: `needs room for ${counted(surge, 'more pod')} of ${called}${each ? ` (each ${each})` : ''}; ${counted(room.nodes, 'node')} that would take them have room for ${room.pods} at the most, short of ${room.scarce}`,
      why: 'unless nodes are added in time the others stay Pending, and the release is taken back',
      remedy: `add nodes${smallerBatches(facts)}`,
    }
  },
}

export const noSpareDomain: Check = {
  code: 'no-spare-node',
  level: 'refuse',
  emergency: 'warns',
  look: (facts) =>
    facts.surge === 0 ? null : exclusivesOf(facts.view, facts.newTemplate).flatMap((one) => crowded(facts, one)),
}

function crowded(facts: Facts, { called, topologyKey, standing }: Exclusive) {
  const { nodes, newTemplate, surge } = facts
  if (!nodes) return []
  const able = nodesFor(nodes, newTemplate)
  const domainOf = new Map(
    nodes.map(({ metadata: { name, labels = {} } }) => [
      name,
      labels[topologyKey] ?? (topologyKey === hostname ? name : ''),
    ]),
  )
  const occupied = new Set(standing.map((pod) => domainOf.get(pod.spec.nodeName ?? '')))
  const domains = new Set(
    able.map(({ metadata }) => domainOf.get(metadata.name) ?? '').filter((domain) => domain !== ''),
  )
  const spare = [...domains].filter((domain) => !occupied.has(domain)).length
  if (spare >= surge) return []
  return {
    what: `${called}: ${counted(surge, 'new pod')} beside the old, each in a place of its own, and ${spare} of ${domains.size} are free`,
    why: 'an old pod goes only after a new one is ready, and the new one finds no place while the old stands there',
    remedy:
      spare > 0
        ? `release at most ${Math.floor((100 * spare) / facts.replicas)} % at a time with the strategy rolling, or add nodes`
        : `add a node, or make it preferred (or matchLabelKeys: [pod-template-hash]) in the manifest`,
  }
}

export const nodesNotSeen: Check = {
  code: 'nodes',
  level: 'not-checked',
  emergency: 'stays',
  look: ({ nodes, surge, view, newTemplate, called }) =>
    nodes === null && surge > 0
      ? {
          what: `room on the nodes for ${counted(surge, 'more pod')} of ${called}${exclusivesOf(view, newTemplate)
            .map((one) => `, one per place (${one.called})`)
            .join('')}`,
          why: 'this identity may not list nodes, which needs a right of cluster scope',
          remedy: 'kubectl create clusterrole deploy-nodes --verb=get,list --resource=nodes, and bind it',
        }
      : null,
}
