import { isObject, type Json } from '../core/json.ts'
import { explainKeys, type KeyDoc } from './explain.ts'
import type { Loaded } from './load.ts'
import { optionsFor } from './options.ts'
import type { Told } from './overrides.ts'
import type { Setting } from './setting.ts'
import type { StrategySchema } from './strategies.ts'
import { strategyNames, strategyOf } from './strategy.ts'
import type { Variables } from './variables.ts'
import { inYaml } from './written.ts'

export interface InEffectInput {
  readonly loaded: Loaded
  readonly strategies: readonly StrategySchema[]
  readonly variables: Variables
  /** Only this strategy or variant; what was told by flags is for it. */
  readonly strategy?: string
  readonly told: Told
}

type Path = readonly (string | number)[]

/** Every value of services, strategies and environments that holds now, and who said it. */
export function inEffect(input: InEffectInput): Setting[] {
  const { loaded, strategies } = input
  const docs = explainKeys(strategies)
  const of = (section: string): Setting[] => [
    ...leaves(loaded.source[section], [section]).map((leaf) => fromFile(leaf, loaded)),
    ...defaultsIn(section, docs, loaded).map(({ path, doc }) => byDefault(dotted(path), doc.default ?? '')),
  ]
  const services = Object.keys(loaded.config.services)
    .filter((name) => loaded.config.services[name]?.workload === undefined)
    .map((name) => byDefault(`services.${name}.workload`, `deployment/${name}`))
  return [...byKey([...of('services'), ...services]), ...options(input), ...byKey(of('environments'))]
}

/** What belongs together stands together. */
const byKey = (settings: readonly Setting[]): Setting[] => {
  const head = ({ key }: Setting): string => key.split('.').slice(0, 2).join('.')
  const order = [...new Set(settings.map(head))]
  return settings.toSorted((a, b) => order.indexOf(head(a)) - order.indexOf(head(b)))
}

const byDefault = (key: string, text: string): Setting => ({ key, text, origin: { from: 'default' } })

const fromFile = ({ path, value }: Leaf, { where }: Loaded): Setting => ({
  key: dotted(path),
  text: isSecret(path, value) ? '(not shown)' : inYaml(value),
  origin: { from: 'file', place: where(path) ?? '' },
})

function options({ loaded, strategies, variables, strategy, told }: InEffectInput): Setting[] {
  const names = strategy === undefined ? strategyNames(strategies, loaded.written) : [strategy]
  return names.flatMap((name) => {
    const { settings } = optionsFor({
      name,
      schema: strategyOf(name, strategies, loaded.written),
      written: loaded.written[name] ?? {},
      told: strategy === undefined ? {} : told,
      variables,
      where: (key) => loaded.where(['strategies', name, key]),
    })
    return settings
  })
}

interface Leaf {
  readonly path: Path
  readonly value: Json
}

/** Lists of scalars are one value; lists of maps are walked into. */
function leaves(value: Json | undefined, path: Path): Leaf[] {
  if (value === undefined) return []
  if (isObject(value)) return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]))
  if (Array.isArray(value) && value.some(isObject))
    return (value as readonly Json[]).flatMap((item, index) => leaves(item, [...path, index]))
  return [{ path, value }]
}

/** Keys with a default that the file leaves out, wherever what they belong to is there. */
function defaultsIn(
  section: string,
  docs: readonly KeyDoc[],
  { source, config }: Loaded,
): { readonly path: Path; readonly doc: KeyDoc }[] {
  const written = judged(source, config)
  return docs
    .filter((doc) => doc.key.startsWith(`${section}.`) && doc.default !== undefined && !doc.later)
    .flatMap((doc) => absent(doc.key.replaceAll('[]', '.[]').split('.'), written, []).map((path) => ({ path, doc })))
}

/** Where a service has metrics it is compared, whether or not the file says a word of it. */
function judged(source: Loaded['source'], { services }: Loaded['config']): Json {
  const written = source['services']
  if (!isObject(written)) return source
  const entries = Object.entries(written).map(([name, entry]) => [
    name,
    isObject(entry) && services[name]?.metrics && entry['judge'] === undefined ? { ...entry, judge: {} } : entry,
  ])
  return { ...source, services: Object.fromEntries(entries) as Json }
}

function absent(parts: readonly string[], value: Json | undefined, path: Path): Path[] {
  const [part = '', ...rest] = parts
  if (part === '[]')
    return Array.isArray(value) ? value.flatMap((item: Json, index) => absent(rest, item, [...path, index])) : []
  if (!isObject(value)) return []
  if (rest.length === 0) return value[part] === undefined ? [[...path, part]] : []
  const keys = part === '<name>' ? Object.keys(value) : [part]
  return keys.flatMap((key) => absent(rest, value[key], [...path, key]))
}

const dotted = (path: Path): string =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1)

/** Secrets are named in the file (`env:PROM_TOKEN`), not written into it; somebody may have done so anyway. */
const isSecret = (path: Path, value: Json): boolean =>
  path.some((step) => /password|secret|token|bearer|authorization|api-?key|headers/i.test(String(step))) &&
  typeof value === 'string' &&
  !value.startsWith('env:') &&
  !value.startsWith('file:')
