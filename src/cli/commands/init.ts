import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseConfig } from '../../config/load.ts'
import { hint } from '../../config/nearest.ts'
import { DeployError, type ExitCode, exitCodes } from '../../core/errors.ts'
import type { Kind } from '../../core/kinds.ts'
import { keyOf } from '../../core/kinds.ts'
import type { Deployment, KubeObject } from '../../core/objects.ts'
import type { View } from '../../core/view.ts'
import type { Cluster } from '../../ports.ts'
import type { CommandContext } from '../context.ts'
import { environmentName } from '../init/environment-name.ts'
import { foundAround } from '../init/found.ts'
import { configText, type Draft } from '../init/written.ts'
import { commandNames } from '../names.ts'
import type { CommonOptions } from '../options.ts'
import { formOf } from '../options.ts'
import { connectTo } from '../sites.ts'

export interface InitOptions extends CommonOptions {
  readonly context?: string
  readonly namespace?: string
  readonly env?: string
  readonly force?: boolean
  readonly dryRun?: boolean
}

/** `deploy init [deployment]`: a commented deploy.yaml for a Deployment that runs. */
export async function init(
  named: string | undefined,
  options: InitOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { process, strategies } = context
  const draft = await draftFrom(named, options, context)
  const text = configText(draft)
  // What we write has to be what we read; if it is not, that is a bug.
  parseConfig(text, 'deploy.yaml', { strategies, reserved: commandNames })
  if (options.dryRun) {
    process.streams.stdout.write(text)
    return exitCodes.done
  }
  const path = resolve(process.cwd, options.config ?? 'deploy.yaml')
  await save(path, text, options.force ?? false)
  process.streams.stderr.write(`${told(draft, path)}\n`)
  if (formOf(options) !== 'text') process.streams.stdout.write(`${JSON.stringify({ v: 1, file: path, ...draft })}\n`)
  return exitCodes.done
}

async function draftFrom(named: string | undefined, options: InitOptions, context: CommandContext): Promise<Draft> {
  const { namespace, context: asked } = options
  const target = {
    name: asked ?? 'the current context',
    ...(asked !== undefined && { context: asked }),
    ...(namespace !== undefined && { namespace }),
  }
  const connected = await connectTo(target, context)
  await using cluster = connected.cluster
  if (connected.context === null)
    throw new DeployError({
      code: 'context-unknown',
      what: 'this pod has no kubeconfig, so there is no context that deploy.yaml could name',
      remedy: 'run deploy init where you have one',
    })
  const { view, notes } = await seen(cluster, connected.namespace, context.signal)
  const found = foundAround(view, chosen(view, named, connected.namespace))
  const environment = options.env ?? environmentName(connected.context)
  return { ...found, environment, context: connected.context, notes }
}

const looked = ['Deployment', 'Service', 'HTTPRoute', 'GRPCRoute'] as const

async function seen(
  cluster: Cluster,
  namespace: string,
  signal: AbortSignal,
): Promise<{ view: View; notes: string[] }> {
  const notes: string[] = []
  const lists = await Promise.all(looked.map((kind) => listed(kind)))
  const objects = new Map(
    lists.flat().map((object) => [keyOf({ kind: object.kind as Kind, name: object.metadata.name }), object]),
  )
  return { view: { at: 0, namespace, objects, silentSince: null }, notes }

  /** A cluster may have no Gateway API, or keep its routes to itself; a Deployment has to be seen. */
  async function listed(kind: (typeof looked)[number]): Promise<readonly KubeObject[]> {
    try {
      return await cluster.list({ kind, namespace }, { signal })
    } catch (error) {
      if (!(error instanceof DeployError) || kind === 'Deployment') throw error
      if (error.code === 'kube-not-found') return []
      if (error.code !== 'kube-forbidden') throw error
      notes.push(`You may not list ${kind}s here, so whether one sends to this service is not known.`)
      return []
    }
  }
}

/** The one that was named, or the only one; never a guess. */
function chosen(view: View, named: string | undefined, namespace: string): Deployment {
  const deployments = [...view.objects.values()].filter(({ kind }) => kind === 'Deployment') as unknown as Deployment[]
  const names = deployments.map(({ metadata }) => metadata.name).sort()
  const [only] = deployments
  const found =
    named === undefined
      ? names.length === 1
        ? only
        : undefined
      : deployments.find(({ metadata }) => metadata.name === named)
  if (found) return found
  if (names.length === 0)
    throw new DeployError({
      code: 'workload-unclear',
      what: `there is no Deployment in namespace ${namespace}`,
      remedy: 'name another namespace: deploy init -n NAMESPACE, or another context: --context NAME',
    })
  throw new DeployError({
    code: 'workload-unclear',
    what:
      named === undefined
        ? `there are ${names.length} Deployments in namespace ${namespace}: ${names.join(', ')}`
        : `there is no Deployment ${named} in namespace ${namespace}`,
    remedy: named === undefined ? `name one: deploy init ${names[0]} -n ${namespace}` : hint(named, names),
  })
}

async function save(path: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(path, text, { flag: force ? 'w' : 'wx' })
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'EEXIST')
      throw new DeployError({
        code: 'config-exists',
        what: `${path} is there already, and was left as it is`,
        remedy: 'see what would be written: deploy init --dry-run; to replace the file: --force',
      })
    if (code === undefined) throw cause
    throw new DeployError({
      code: 'config-unwritable',
      what: `${path} can't be written`,
      why: message,
      remedy: 'name a file in a folder that you may write to: --config FILE',
      cause,
    })
  }
}

function told({ services, deployment, image, version, routes, environment, namespace }: Draft, path: string): string {
  const [service] = services
  const [route] = routes
  return [
    `${path} was written: ${service ?? deployment} is deployment ${deployment} with ${image}, which runs ${version} now`,
    ...(service === undefined
      ? [`  missing a Service that selects its pods; a release needs one called ${deployment}`]
      : [`  users  reach it through service ${service}${route === undefined ? '' : ` and route ${route}`}`]),
    `  where   environment ${environment}: namespace ${namespace}`,
    '  next    deploy doctor                   is everything there that a release needs?',
    '          deploy plan canary VERSION      what would be done; changes nothing',
    '          deploy canary VERSION           does it',
  ].join('\n')
}
