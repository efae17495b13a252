/** A path into an object and what stands there, as text; "absent" when nothing does. */
export type Difference = { readonly path: string; readonly before: string; readonly after: string }

type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json }
type Fields = { readonly [key: string]: Json }

/**
 * What differs between a Deployment before and after a release (`kubectl get deploy web -o json --show-managed-fields`),
 * but for what a release may leave behind: the image of a container, our release label in the template, and what the
 * controller writes. An entry in managedFields that was not there before is a difference, so ours must be gone; which
 * fields an older entry still names is not, since nothing depends on it.
 */
export function differences(before: object, after: object): readonly Difference[] {
  return compare('', relevant(before as Fields), relevant(after as Fields))
}

const releaseLabel = 'deploy/release'

function relevant(deployment: Fields): Fields {
  const { status: _status, metadata, spec, ...rest } = deployment
  return { ...rest, metadata: relevantMetadata(fields(metadata)), spec: relevantSpec(fields(spec)) }
}

function relevantMetadata({
  generation: _g,
  resourceVersion: _r,
  managedFields,
  annotations,
  ...rest
}: Fields): Fields {
  const { 'deployment.kubernetes.io/revision': _revision, ...kept } = fields(annotations)
  return { ...rest, annotations: kept, managedFields: managersOf(managedFields) }
}

function relevantSpec(spec: Fields): Fields {
  const template = fields(spec['template'])
  const metadata = fields(template['metadata'])
  const { [releaseLabel]: _release, ...labels } = fields(metadata['labels'])
  const pod = fields(template['spec'])
  const withoutImages = Object.fromEntries(
    ['containers', 'initContainers']
      .filter((list) => Array.isArray(pod[list]))
      .map((list) => [list, (pod[list] as readonly Fields[]).map(({ image: _image, ...container }) => container)]),
  )
  return { ...spec, template: { ...template, metadata: { ...metadata, labels }, spec: { ...pod, ...withoutImages } } }
}

/** Who has written, by name, how, and where. */
function managersOf(entries: Json): Fields {
  const list = Array.isArray(entries) ? (entries as readonly Fields[]) : []
  return Object.fromEntries(
    list
      .filter(({ manager }) => manager !== 'kube-controller-manager')
      .map(({ manager, operation, subresource }) => [
        [manager, operation, subresource].filter((word): word is string => Boolean(word)).join(' '),
        'present',
      ]),
  )
}

function compare(path: string, before: Json, after: Json): readonly Difference[] {
  if (isFields(before) && isFields(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...keys].sort().flatMap((key) => compare(joined(path, key), before[key], after[key]))
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((each, n) => compare(`${path}[${n}]`, each as Json, (after as readonly Json[])[n]))
  }
  const [was, is] = [textOf(before), textOf(after)]
  return was === is ? [] : [{ path, before: was, after: is }]
}

const textOf = (value: Json): string => (value === undefined ? 'absent' : JSON.stringify(value))

const joined = (path: string, key: string): string => {
  if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}

const fields = (value: Json): Fields => (isFields(value) ? value : {})

const isFields = (value: Json): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
