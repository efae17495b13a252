import { dirname } from 'node:path'
import { disk } from '../config/disk.ts'
import { findConfig } from '../config/find.ts'
import type { CommandContext } from './context.ts'

/** Where runs are kept: beside deploy.yaml. Reading them does not ask whether the configuration is right. */
export function rootOf({ process }: Pick<CommandContext, 'process'>, { config }: { readonly config?: string }): string {
  return dirname(findConfig(process.cwd, config ?? process.env['DEPLOY_CONFIG'], disk))
}
