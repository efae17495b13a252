import type { Dispatcher } from 'undici'
import { headerOf } from '../../core/headers.ts'
import { isObject, jsonIn, type JsonObject } from '../../core/json.ts'
import { second } from '../../core/time.ts'
import type { Clock } from '../../ports.ts'
import type { Failure } from './failure.ts'

type Answered = Extract<Failure, { kind: 'answer' }>

/** What an answer says went wrong; `null` for a success that is not a web page. */
export function failureIn(answer: Dispatcher.ResponseData, body: string, clock: Clock): Answered | null {
  const header = (name: string): string => headerOf(answer.headers, name)
  const failure: Answered = {
    kind: 'answer',
    status: answer.statusCode,
    contentType: header('content-type'),
    retryAfter: retryAfter(header('retry-after'), clock),
    body,
  }
  const isSuccess = answer.statusCode >= 200 && answer.statusCode < 300
  // Here the type decides: a log may begin with `<html>` too.
  return isSuccess && !isHtml(failure) ? null : failure
}

/** Seconds or a date (RFC 9110). */
function retryAfter(value: string, clock: Clock): number | null {
  if (/^\d+$/.test(value)) return Number(value) * second
  const date = Date.parse(value)
  return Number.isNaN(date) ? null : Math.max(0, date - clock.now())
}

/** An answer of a proxy, a load balancer or a login page: the API server sends no HTML. */
export const isPage = ({ contentType, body }: Pick<Answered, 'contentType' | 'body'>): boolean =>
  isHtml({ contentType }) || /^\s*<(?:!doctype|html|head|body)/i.test(body)

const isHtml = ({ contentType }: Pick<Answered, 'contentType'>): boolean => contentType.startsWith('text/html')

/** The `Status` object that the API server explains a failure with; empty when there is none. */
export function statusIn({ body }: Pick<Answered, 'body'>): JsonObject {
  const value = jsonIn(body)
  return isObject(value) && value['kind'] === 'Status' ? value : {}
}
