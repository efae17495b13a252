import { dirname } from 'node:path'
import { DeployError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import { readText } from './bytes.ts'
import type { Files } from './files.ts'
import { findConfig, shownPath } from './find.ts'
import { check } from './issues.ts'
import { errorOf, frameOf, type Problem } from './problem.ts'
import { type Config, fileSchema } from './schema.ts'
import type { Path } from './spots.ts'
import type { StrategySchema } from './strategies.ts'
import { understood } from './text.ts'
import { readYaml, type Spot } from './yaml.ts'

export interface Source {
  readonly strategies: readonly StrategySchema[]
  /** Names that the command line uses for itself: no variant of a strategy can have them. */
  readonly reserved?: readonly string[]
}

/** A configuration file that was found good. */
export interface Loaded {
  readonly config: Config
  /** Absolute. Paths in the file are relative to its folder. */
  readonly path: string
  readonly folder: string
  /** The options of the strategies as they were written, before defaults. */
  readonly written: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** All of the file as it was written, before defaults. */
  readonly source: JsonObject
  /** `deploy.yaml:7:12`, or nothing when the file does not say it. */
  readonly where: (path: Path) => string | undefined
}

/**
 * Finds, reads and checks deploy.yaml, and says everything that is wrong with it at once.
 * @throws DeployError with code `config-…` and exit 2
 */
export function loadConfig(source: Source & { cwd: string; asked?: string | undefined; files: Files }): Loaded {
  const path = findConfig(source.cwd, source.asked, source.files)
  const name = shownPath(source.cwd, path)
  return { ...parseConfig(readText(path, name, source.files), name, source), path, folder: dirname(path) }
}

/** The same from a text; `name` is what places are called by. */
export function parseConfig(text: string, name: string, source: Source): Omit<Loaded, 'path' | 'folder'> {
  const yaml = readYaml(text)
  const lines = text.split(/\r?\n/)
  const place = ({ line, column }: Spot): string => `${name}:${line}:${column}`
  if (yaml.kind !== undefined) throw manifest(name, yaml.kind)
  if (yaml.value === null && yaml.slips.length === 0) throw empty(name)
  const checked =
    yaml.value === undefined ? undefined : check(fileSchema(source.strategies, source.reserved), yaml.value)
  const complaints = checked && 'complaints' in checked ? checked.complaints : []
  const found = [
    ...yaml.slips.map(({ spot, message }) => ({ spot, key: '', said: understood(message) })),
    ...complaints.map((said) => ({ spot: yaml.spot(said.path, said.about), key: dotted(said.path), said })),
  ].sort((a, b) => a.spot.line - b.spot.line || a.spot.column - b.spot.column)
  if (!checked || !('value' in checked) || found.length > 0)
    throw errorOf(
      'config-invalid',
      name,
      found.map(
        ({ spot, key, said: { what, remedy } }): Problem => ({
          place: place(spot),
          key,
          what,
          remedy,
          frame: frameOf(lines, spot),
        }),
      ),
    )
  return {
    config: checked.value,
    written: (yaml.value as { readonly strategies?: Loaded['written'] }).strategies ?? {},
    source: yaml.value as JsonObject,
    where: (path) => (yaml.has(path) ? place(yaml.spot(path, 'value')) : undefined),
  }
}

/** `services.web.traffic`, `environments.prod.clusters[0]` */
const dotted = (path: Path): string =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '')

const manifest = (name: string, kind: string): DeployError =>
  new DeployError({
    code: 'config-is-manifest',
    what: `${name} is a Kubernetes manifest (kind: ${kind}), not a deploy configuration`,
    remedy: 'keep it under another name and refer to it: services.<name>.manifests in deploy.yaml',
  })

const empty = (name: string): DeployError =>
  new DeployError({
    code: 'config-empty',
    what: `${name} is empty`,
    remedy:
      'start with: { version: 1, services: { web: { image: ghcr.io/acme/web } }, environments: { staging: { clusters: [{ context: staging }] } } }',
  })
