import { advice, type Advices } from '../advice.ts'

/** Quotas, budgets, autoscalers and nodes: what else is in the namespace. */
export const objectErrors: Advices = {
  'quota-short': advice(
    'A ResourceQuota has no room for the new pods beside the old ones.',
    'raise it by what the message says',
    'or make smaller steps: deploy rolling <version> --set batches=25,50,75,100',
  ),
  'quota-demands': advice(
    'A quota counts a resource that the new template does not ask for, so its pods would be refused.',
    'set requests and limits in the manifest, or defaults in a LimitRange',
  ),
  'quota-scope': advice(
    'The quota has scopes that are not known here; whether new pods count against it is not known.',
    'kubectl describe resourcequota/…',
  ),
  'limit-range': advice(
    'A LimitRange allows less, or asks for more, than the new template says.',
    'change requests and limits in the manifest, or the LimitRange',
  ),
  'budget-allows-none': advice(
    'The PodDisruptionBudget allows no eviction now: a node that is drained waits for the release.',
    'mend pods that are not ready, or allow one disruption',
  ),
  'budget-shared': advice(
    'The budget guards pods of other workloads, too, and counts old and new ones together.',
    'give the workload a budget of its own',
  ),
  'budgets-several': advice('Two budgets match the same pods; then nothing may evict them.', 'keep one'),
  'budget-pin-left': advice(
    'A budget still guards the pods of one release only: after the next one it guards nobody.',
    'take the label off with the patch in the message',
  ),
  'hpa-total-target': advice(
    'An autoscaler with a total target multiplies the pods of both versions.',
    'use an AverageValue target, or smaller steps',
  ),
  'hpa-owned': advice(
    'Another controller writes the autoscaler, and may let it scale down in the middle of the release.',
    'set scaleDown.selectPolicy: Disabled at that controller for the release',
  ),
  'hpa-several': advice('Several autoscalers scale one workload.', 'keep one'),
  'node-room': advice(
    'The nodes that are there do not have room for all new pods. An autoscaler of nodes may make it.',
    'add nodes, or make smaller steps',
  ),
  'no-spare-node': advice(
    'Each pod needs a place of its own and none is free: the new pod waits for the old one, which waits for the new one.',
    'add a node, or allow maxUnavailable: 1 and use the strategy rolling',
  ),
  'name-taken': advice(
    'An object of a name that the release makes is there and is not ours.',
    'rename it; the message has the command that shows whose it is',
  ),
  'name-too-long': advice(
    'The name of the second Service would have more than 63 characters.',
    'shorten the name of the Service, or use the strategy rolling',
  ),
}
