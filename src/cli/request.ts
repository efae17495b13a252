import { disk } from '../config/disk.ts'
import { type PlannedHook, plannedHooks } from '../config/hook-files.ts'
import type { Moment } from '../config/hooks.ts'
import { loadConfig, type Loaded } from '../config/load.ts'
import { type Resolved, resolve } from '../config/resolve.ts'
import type { Strategy } from '../core/strategy.ts'
import type { ReleaseOptions } from './options.ts'
import type { Process } from './process.ts'
import { commandNames } from './names.ts'

/** A release out of the command line, the environment and deploy.yaml; no cluster was asked yet. */
export interface Request {
  readonly request: Resolved
  readonly strategy: Strategy
  readonly hooks: Readonly<Record<Moment, readonly PlannedHook[]>>
  readonly loaded: Loaded
}

export interface RequestInput {
  readonly strategies: readonly Strategy[]
  readonly process: Process
  readonly strategy: string
  readonly version: string
  readonly options: ReleaseOptions
}

export function requestOf({ strategies, process, strategy: name, version, options }: RequestInput): Request {
  const loaded = loadConfig({
    cwd: process.cwd,
    asked: options.config ?? process.env['DEPLOY_CONFIG'],
    files: disk,
    strategies,
    reserved: commandNames,
  })
  const request = resolve({
    asked: { ...options, strategy: name, version },
    variables: process.env,
    loaded,
    strategies,
  })
  const strategy = strategies.find((one) => one.name === request.strategy.type)
  if (!strategy) throw new Error(`strategy ${request.strategy.type} was resolved and is not in the list`)
  const hooks = plannedHooks({ hooks: request.hooks, folder: loaded.folder, files: disk, variables: process.env })
  return { request, strategy, hooks, loaded }
}
