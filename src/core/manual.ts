import jsonPatch from 'fast-json-patch'
import { type Json, same } from './json.ts'
import { refName } from './kinds.ts'
import { marks, tokenPath } from './marks.ts'
import { paths } from './moves/locks.ts'
import { type BackStep, type Change, placeholders } from './plan.ts'

const annotation = tokenPath.slice('/metadata/annotations/'.length).replace('~1', '/')

/** The way back as commands that a person can run one after the other, top to bottom, without this tool. */
export const manualOf = (namespace: string, back: readonly BackStep[]): string =>
  back.flatMap((step) => commands(namespace, step).map((command) => `# ${step.does}\n${command}\n`)).join('')

function commands(namespace: string, { action: { mutation } }: BackStep): string[] {
  if (mutation.verb === 'hook') return [mutation.hook.argv.map(word).join(' ')]
  const object = refName(mutation.object)
  const kubectl = (rest: string): string => `kubectl -n ${namespace} ${rest}`
  if (mutation.verb === 'change') {
    return [kubectl(`patch ${object} --type=json -p ${quoted(JSON.stringify(mutation.changes.flatMap(operations)))}`)]
  }
  if (mutation.verb === 'delete') return [kubectl(`delete ${object} --ignore-not-found`)]
  if (mutation.verb === 'delete-unready')
    return [kubectl(`get pods   # delete those of the new revision that are not ready`)]
  if (mutation.verb === 'delete-sets') return [kubectl(`delete replicaset -l ${marks.release}=${placeholders.run}`)]
  return mutation.verb === 'disown' ? [kubectl(`annotate ${object} ${annotation}-`)] : []
}

/** As one word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

const word = (text: string): string => (/^[\w./:=@%+,-]+$/.test(text) ? text : quoted(text))

// Zero values mean the same as absence and, unlike a "remove", can be said twice.
const zero: Readonly<Record<string, Json>> = { [paths.paused]: false, '/spec/minReadySeconds': 0 }

function operations({ path, from, to }: Change): unknown[] {
  if (path === paths.template) return differences(from, to)
  if (to !== null) return [{ op: 'add', path, value: to }]
  return path in zero ? [{ op: 'add', path, value: zero[path] }] : [{ op: 'remove', path }]
}

/** Only what differs between the two templates: the rest may hold what is nobody else's business. */
function differences(from: readonly Json[], to: Json): unknown[] {
  const other = from.find((value) => !same(value, to) && typeof value === 'object' && value !== null)
  if (!other || typeof to !== 'object' || to === null) return []
  return jsonPatch.compare(other, to).map((operation) => ({ ...operation, path: `${paths.template}${operation.path}` }))
}
