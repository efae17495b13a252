import { cut, escapeText } from '../../core/text.ts'

const secrets = [
  /\b(?:bearer|basic)\s+[\w.~+/=-]{8,}/gi,
  /\bk8s-aws-v1\.[\w-]+/g,
  /\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g,
  /-----BEGIN [\s\S]*?(?:-----END [A-Z ]+-----|$)/g,
  /\b(?:X-Amz-(?:Signature|Security-Token|Credential))=[^&\s]+/gi,
]

/** Without what looks like a token, a key or a signed URL: for every text that comes from a server or a plugin. */
const redacted = (text: string): string => secrets.reduce((rest, secret) => rest.replaceAll(secret, '[hidden]'), text)

/** One line that a terminal shows as it is: no control characters, no secrets, at most `max` characters. */
export const printable = (text: string, max = 500): string =>
  cut(escapeText(redacted(text).trim().replaceAll(/\s+/g, ' ')), max)

/** The text of a JSON member; empty where it is none. */
export const textAt = (value: unknown): string => (typeof value === 'string' ? value : '')
