import type { Pod } from '../../objects.ts'
import { second } from '../../time.ts'
import { eventsOf } from '../events.ts'
import { called, type Part, partsOf } from '../parts.ts'
import { type Context, graceOf, type PodRule, type Sign } from '../rule.ts'
import { said } from '../said.ts'
import { many } from '../words.ts'

const waiting = (part: Part): string => part.status.state?.waiting?.reason ?? ''

export const imageName: PodRule = {
  of: 'pod',
  id: 'image-name',
  summary: 'the image reference is not one, or the image may not be pulled and is not on the node',
  confirm: 0,
  blames: 'release',
  match(pod, { own }) {
    const part = partsOf(pod, own).find((p) => ['InvalidImageName', 'ErrImageNeverPull'].includes(waiting(p)))
    if (!part) return null
    const because = `${called(part)}: ${waiting(part)}, image "${said(part.spec.image)}"`
    return { because, evidence: [said(part.status.state?.waiting?.message)] }
  },
}

const pulls = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'RegistryUnavailable',
  'ImageInspectError',
  'SignatureValidationFailed',
])
const refused =
  /not found|manifest unknown|name unknown|does not exist|unauthorized|denied|forbidden|authentication required|no match for platform|no matching manifest|SignatureValidationFailed/i
// A registry's edge that is overloaded may say "not found" or "denied" about itself, in the same breath as its 5xx.
const passing = /timeout|timed out|too many requests|\b429\b|\b5\d\d\b|connection (refused|reset)|no such host|EOF/i

/** The registry's words. A back-off of older clusters doesn't repeat them: there the pod's last event does. */
function registrySays(pod: Pod, part: Part, context: Context): string {
  const event = eventsOf(context.events, pod).find(
    (e) => e.reason === 'Failed' && (e.message ?? '').includes(part.spec.image) && /pull/i.test(e.message ?? ''),
  )
  const text = part.status.state?.waiting?.message ?? ''
  return /^Back-off pulling image "[^"]*"$/.test(text) || text === '' ? (event?.message ?? text) : text
}

const failing = (pod: Pod, context: Context): Part | undefined =>
  partsOf(pod, context.own).find((part) => pulls.has(waiting(part)))

function pulled(pod: Pod, context: Context, wanted: 'refused' | 'passing'): Sign | null {
  const part = failing(pod, context)
  if (!part) return null
  const says = registrySays(pod, part, context)
  const judged = `${waiting(part)} ${says.replaceAll(part.spec.image, '')}`
  const kind = refused.test(judged) && !passing.test(judged) ? 'refused' : 'passing'
  if (kind !== wanted) return null
  const secrets = (pod.spec.imagePullSecrets ?? []).map(({ name }) => name)
  const nodes = new Set(context.pods.filter((p) => failing(p, context)).map((p) => p.spec.nodeName))
  return {
    because: `${called(part)}: image ${said(part.spec.image)} cannot be pulled: ${said(says)}`,
    evidence: [
      `seen on ${many(nodes.size, 'node')}`,
      secrets.length > 0 ? `pull secrets: ${secrets.join(', ')}` : 'no pull secret in the pod',
    ],
  }
}

export const pullRefused: PodRule = {
  of: 'pod',
  id: 'pull-refused',
  summary: 'the registry says that there is no such image, or that it is not for us',
  confirm: 10 * second,
  blames: 'either',
  match: (pod, context) => pulled(pod, context, 'refused'),
}

export const pullFailing: PodRule = {
  of: 'pod',
  id: 'pull-failing',
  summary: 'the image cannot be pulled for a reason that may pass: time-outs, 429, 5xx',
  confirm: 120 * second,
  blames: 'either',
  warns: true,
  match(pod, context) {
    const sign = pulled(pod, context, 'passing')
    return sign && { ...sign, confirm: graceOf(context.limits) }
  },
}
