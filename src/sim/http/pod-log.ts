import type { Pod } from '../../core/objects.ts'
import { notModelled, Refused } from '../api/refused.ts'
import { logOf } from '../log.ts'
import { type Asked, isTrue, queried, type Reply } from './asked.ts'

/** `…/pods/NAME/log`. */
export function logged(asked: Asked, pod: Pod): Reply {
  const unmodelled = ['follow', 'timestamps', 'sinceSeconds', 'sinceTime'].find(
    (name) => !['', 'false'].includes(queried(asked, name) ?? ''),
  )
  if (unmodelled !== undefined) throw notModelled(`logs with ${unmodelled}`)
  const [container] = pod.status?.containerStatuses ?? []
  const name = queried(asked, 'container') ?? pod.spec.containers[0]?.name ?? ''
  const place = `container "${name}" in pod "${pod.metadata.name}"`
  if (!pod.spec.containers.some((one) => one.name === name))
    throw new Refused(400, 'BadRequest', `container ${name} is not valid for pod ${pod.metadata.name}`)
  const previous = isTrue(queried(asked, 'previous'))
  const hasEnded = (container?.lastState?.terminated ?? container?.state?.terminated) !== undefined
  if (previous && !hasEnded) throw new Refused(400, 'BadRequest', `previous terminated ${place} not found`)
  if (!previous && !hasEnded && container?.state?.running === undefined)
    throw new Refused(
      400,
      'BadRequest',
      `${place} is waiting to start: ${container?.state?.waiting?.reason ?? 'Pending'}`,
    )
  const lines = Number(queried(asked, 'tailLines') ?? Number.MAX_SAFE_INTEGER)
  const most = Number(queried(asked, 'limitBytes') ?? Number.MAX_SAFE_INTEGER)
  const text = logOf(pod, { lines, previous })
  return { text: text === '' ? '' : `${text}\n`.slice(0, most), headers: { 'content-type': 'text/plain' } }
}
