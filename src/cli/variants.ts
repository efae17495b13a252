import { disk } from '../config/disk.ts'
import { loadConfig } from '../config/load.ts'
import type { Strategy } from '../core/strategy.ts'
import { commandNames } from './names.ts'
import type { Process } from './process.ts'

/** The named variants of strategies in deploy.yaml. */
export function variantNames(
  { cwd, argv, env }: Process,
  strategies: readonly Strategy[],
): { name: string; summary: string }[] {
  const flag = argv.indexOf('--config')
  const asked = flag >= 0 ? argv[flag + 1] : env['DEPLOY_CONFIG']
  const { written } = loadConfig({ cwd, asked, files: disk, strategies, reserved: commandNames })
  const builtIn = new Set(strategies.map(({ name }) => name))
  return Object.entries(written)
    .filter(([name]) => !builtIn.has(name))
    .map(([name, options]) => ({ name, summary: `variant of ${String(options['type'])}, from deploy.yaml` }))
}
