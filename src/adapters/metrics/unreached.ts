import { DeployError, messageOf } from '../../core/errors.ts'
import { cut, escapeText } from '../../core/text.ts'
import { placeText } from './page.ts'
import type { Place } from './place.ts'

/** Whether the way to all pods failed, not this pod. */
export const isOfTheWay = (error: unknown): error is DeployError =>
  error instanceof DeployError && error.code.startsWith('kube-') && error.code !== 'kube-not-found'

/** Why one pod could not be spoken to. */
export function whyUnreached(error: unknown, place: Place): string {
  const where = placeText(place)
  if (error instanceof DeployError && error.code === 'kube-not-found') return 'it is gone'
  const text = messageOf(error)
  if (/refused|no such (?:host|process)/i.test(text))
    return `nothing listens at ${where}: mend port of metrics, or the annotation prometheus.io/port`
  const { code = '' } = error as NodeJS.ErrnoException
  if (code.startsWith('HPE_')) return `it does not speak HTTP at ${where}: is it https? Then say scheme: https`
  if (/^ERR_SSL|EPROTO/.test(code)) return `it does not speak TLS at ${where}: say scheme: http`
  if (code === 'ECONNRESET') return `it ended the connection at ${where}`
  return `it could not be read at ${where}: ${cut(escapeText(text), 200)}`
}
