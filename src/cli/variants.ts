import { disk } from '../config/disk.ts'
import { type Loaded, loadConfig } from '../config/load.ts'
import { DeployError } from '../core/errors.ts'
import type { Strategy } from '../core/strategy.ts'
import { commandNames } from './names.ts'
import type { Process } from './process.ts'

/** The named variants of strategies in deploy.yaml. Where nobody named one and none is found, there are none. */
export function variantNames(
  { cwd, argv, env }: Process,
  strategies: readonly Strategy[],
): { name: string; summary: string }[] {
  const flag = argv.indexOf('--config')
  const asked = flag >= 0 ? argv[flag + 1] : env['DEPLOY_CONFIG']
  const written = writtenIn({ cwd, asked, files: disk, strategies, reserved: commandNames })
  const builtIn = new Set(strategies.map(({ name }) => name))
  return Object.entries(written)
    .filter(([name]) => !builtIn.has(name))
    .map(([name, options]) => ({ name, summary: `variant of ${String(options['type'])}, from deploy.yaml` }))
}

function writtenIn(input: Parameters<typeof loadConfig>[0]): Loaded['written'] {
  try {
    return loadConfig(input).written
  } catch (error) {
    if (input.asked === undefined && error instanceof DeployError && error.code === 'config-missing') return {}
    throw error
  }
}
