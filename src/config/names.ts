import * as z from 'zod'
import { says, shown } from '../core/shown.ts'

const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/
const subdomain = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/

const named = (pattern: RegExp, noun: string, rule: string) => {
  const error = ({ input }: { readonly input?: unknown }) => says(`${shown(input)} is not ${noun}`, `use ${rule}`)
  return z.string({ error }).regex(pattern, { error })
}

/** A Kubernetes label name (RFC 1123): services, namespaces. */
export const LabelName = (noun: string) =>
  named(
    label,
    noun,
    'lowercase letters, digits and "-", at most 63 characters, starting and ending with a letter or digit',
  )

/** A Kubernetes object's name (RFC 1123 subdomain): workloads, routes. */
export const ObjectName = (noun: string) =>
  named(subdomain, noun, 'lowercase letters, digits, "-" and ".", starting and ending with a letter or digit')

/** A name that people type on our command line: environments, clusters, variants. */
export const WordName = (noun: string) =>
  named(/^[A-Za-z0-9][\w.-]{0,62}$/, noun, 'letters, digits, "-", "_" and ".", at most 63 characters')

/** Any text that is not empty and on one line: contexts, paths. */
export const Line = (noun: string) =>
  // oxlint-disable-next-line no-control-regex
  named(/^(?!\s*$)[^\u0000-\u001f\u007f]+$/, noun, 'text on one line')

export const isLabel = (text: string): boolean => label.test(text)
