import { dirname } from 'node:path'
import { readText } from '../../config/bytes.ts'
import { disk } from '../../config/disk.ts'
import { findConfig } from '../../config/find.ts'
import { readYaml } from '../../config/yaml.ts'
import { DeployError } from '../../core/errors.ts'
import { isObject, type Json, type JsonObject } from '../../core/json.ts'
import type { Process } from '../process.ts'

/** Names in the deploy.yaml nearby, however wrong the rest of it is. */
export interface Known {
  /** The folder of the file: runs are kept there. */
  readonly folder?: string
  readonly services: readonly string[]
  readonly environments: readonly string[]
  /** Of one environment, or of all. */
  readonly clusters: (environment: string | undefined) => readonly string[]
  /** Name of the variant, and the strategy that it is one of. */
  readonly variants: ReadonlyMap<string, string>
}

/** Completion never fails: what can't be read has no names. */
export function knownFrom({ cwd, env }: Process, asked: string | undefined): Known {
  const { folder, source } = sourceFrom(cwd, asked ?? env['DEPLOY_CONFIG'])
  const environments = mapIn(source, 'environments')
  return {
    ...(folder !== undefined && { folder }),
    services: Object.keys(mapIn(source, 'services')),
    environments: Object.keys(environments),
    clusters: (name) =>
      Object.entries(environments)
        .filter(([one]) => name === undefined || one === name)
        .flatMap(([, environment]) => clustersIn(environment)),
    variants: new Map(
      Object.entries(mapIn(source, 'strategies')).flatMap(([name, options]) => {
        const type = isObject(options) ? options['type'] : undefined
        return typeof type === 'string' ? [[name, type] as const] : []
      }),
    ),
  }
}

function sourceFrom(cwd: string, asked: string | undefined): { folder?: string; source: JsonObject } {
  try {
    const path = findConfig(cwd, asked, disk)
    const { value } = readYaml(readText(path, path, disk))
    return { folder: dirname(path), source: isObject(value) ? value : {} }
  } catch (error) {
    if (error instanceof DeployError) return { source: {} }
    throw error
  }
}

const mapIn = (source: JsonObject, key: string): JsonObject => {
  const value = source[key]
  return isObject(value) ? value : {}
}

const clustersIn = (environment: Json): string[] => {
  const clusters = isObject(environment) ? environment['clusters'] : undefined
  if (!Array.isArray(clusters)) return []
  return (clusters as readonly Json[]).filter(isObject).flatMap(({ name, context }) => {
    const called = name ?? context
    return typeof called === 'string' ? [called] : []
  })
}
