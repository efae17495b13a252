import { variablesOf } from '../../../config/strategy.ts'
import { variableWarnings } from '../../../config/variables.ts'
import { DeployError } from '../../../core/errors.ts'
import type { Check } from '../check.ts'
import { failed } from '../failed.ts'

export const config: Check = {
  name: 'config',
  asks: 'Is deploy.yaml right?',
  look({ config: loaded, context: { process, strategies } }) {
    if (loaded instanceof DeployError) return [failed(loaded)]
    const { services, environments } = loaded.config
    const names = (all: object): string => Object.keys(all).join(', ')
    return [
      { answer: 'ok', what: `${loaded.path}: services ${names(services)}; environments ${names(environments)}` },
      ...variableWarnings(process.env, variablesOf(strategies, loaded.written)).map((what) => ({
        answer: 'warn' as const,
        what,
        remedy: 'deploy explain config shows what is read',
      })),
    ]
  },
}
