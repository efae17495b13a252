import type { Pod } from '../../core/objects.ts'
import { type Millis, second } from '../../core/time.ts'

const round: Millis = 17 * second

/** An image that isn't there: an error for two seconds, then 15 of waiting, again and again. */
export function pullFailure(pod: Pod, now: Millis) {
  const begun = Date.parse(pod.status?.startTime ?? '')
  const inRound = (now - begun) % round
  const [container] = pod.spec.containers
  const image = container?.image ?? ''
  const cause = `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`
  const isTrying = inRound < 2 * second
  return {
    reason: isTrying ? 'ErrImagePull' : 'ImagePullBackOff',
    message: isTrying ? cause : `Back-off pulling image "${image}": ErrImagePull: ${cause}`,
    event: `Failed to pull image "${image}": ${cause}`,
    until: now + (isTrying ? 2 * second : round) - inRound,
  }
}
