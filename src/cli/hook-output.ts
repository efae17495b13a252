import { basename } from 'node:path'
import type { Programs } from '../adapters/hooks/hooks.ts'
import type { Hooks } from '../ports.ts'
import type { Aside } from './aside.ts'

/** Most programs say last what went wrong. */
const shown = 10

/** Programs whose output is kept aside once somebody wants to know it. */
export const hooksAside = (programs: Programs, aside: Aside): Hooks => ({
  async run(hook, env, signal) {
    const { output, ...ran } = await programs.run(hook, env, signal)
    const kept = (): Promise<string> =>
      aside.keep({
        name: `hook-${basename(hook.argv[0])}.txt`,
        whole: output,
        shown: output.slice(-shown).map((line) => `  | ${line}`),
      })
    return { ...ran, kept: async () => (output.length === 0 ? null : await kept()) }
  },
})
