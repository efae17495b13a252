import { chosen } from '../../config/chosen.ts'
import { inEffect } from '../../config/in-effect.ts'
import { originText, type Setting } from '../../config/setting.ts'
import { variablesOf } from '../../config/strategy.ts'
import { setVariables, variableWarnings } from '../../config/variables.ts'
import type { Paint } from '../../report/paint.ts'
import { hang, padTo, widthOf } from '../../report/width.ts'
import type { CommandContext } from '../context.ts'
import { loadFor } from '../plan-sites.ts'
import type { ExplainOptions } from '../commands/explain.ts'

export interface ConfigExplained {
  /** Absolute. */
  readonly file: string
  readonly settings: readonly Setting[]
  readonly warnings: readonly string[]
}

/** Every value that holds for a release from here, and who said it. No cluster is asked. */
export function configExplained(
  strategy: string | undefined,
  options: ExplainOptions,
  context: CommandContext,
): ConfigExplained {
  const { strategies, process } = context
  const loaded = loadFor(context, options.config)
  const variables = process.env
  const used = { loaded, strategies, variables, told: options, ...(strategy !== undefined && { strategy }) }
  return {
    file: loaded.path,
    settings: [...chosen(options, loaded, variables), ...inEffect(used), ...setVariables(variables)],
    warnings: variableWarnings(variables, variablesOf(strategies, loaded.written)),
  }
}

export function configText(
  { file, settings }: ConfigExplained,
  { columns, paint }: { columns: number; paint: Paint },
): string {
  const widest = Math.min(48, Math.max(...settings.map(({ key }) => widthOf(key))))
  const rows = settings.flatMap(({ key, text, origin }) => {
    const [first = '', ...rest] = hang(`${padTo(key, widest)}  `, `${text}   ${originText(origin)}`, columns)
    return [first, ...rest].map((line) => (origin.from === 'default' ? paint.dim(line) : line))
  })
  return [file, '', ...rows].join('\n')
}
