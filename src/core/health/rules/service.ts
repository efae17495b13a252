import { second } from '../../time.ts'
import { find, isReady, matches } from '../../view.ts'
import type { PodRule } from '../rule.ts'

/** The endpoint slice controller batches for about a second; more than this is no delay any more. */
const slices = 30 * second

export const notBehindService: PodRule = {
  of: 'pod',
  id: 'not-behind-service',
  summary: 'Ready, but the Service that it should be behind does not send to it',
  confirm: slices,
  blames: 'either',
  match(pod, { behind, view }) {
    if (!behind || !isReady(pod) || behind.uids.has(pod.metadata.uid ?? '')) return null
    const selector = find(view, 'Service', behind.service)?.spec.selector ?? {}
    const why = matches({ matchLabels: selector }, pod.metadata.labels)
      ? 'its selector matches the pod'
      : 'its selector does not match the labels of the pod'
    return {
      because: `Ready, but service ${behind.service} does not send to it: ${why}`,
      evidence: [`selector ${JSON.stringify(selector)}`, `labels ${JSON.stringify(pod.metadata.labels ?? {})}`],
    }
  },
}
