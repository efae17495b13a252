import * as z from 'zod'
import type { Millis } from '../core/time.ts'
import type { Path } from './spots.ts'
import { plain, says, shown } from '../core/shown.ts'
import { Timeout } from '../core/options.ts'

/** When a hook runs. */
export type Moment = keyof z.output<typeof Hooks>

const badWord = ({ input }: { readonly input?: unknown }): string =>
  says(`${shown(input)} is not text`, `put it in quotes: "${plain(input)}"`)

const argv = z
  .array(z.string({ error: badWord }), {
    error: ({ input }) =>
      says(
        `${shown(input)} is not a list of words`,
        'write the program and each argument as one item, because no shell splits them: [./smoke.sh, --quick]',
      ),
  })
  .refine((words) => Boolean(words[0]?.trim()), {
    error: () => says('there is no program to run', 'write [./smoke.sh]'),
  })
  .refine((words) => words.every((word) => !word.includes('\0')), {
    error: () => says('a word has a NUL character in it', 'remove it: no program can be given one'),
  })

const Hook = z.strictObject({
  run: argv.meta({
    description: 'Program and arguments, one item each; no shell. A path is relative to this file.',
    examples: [['./smoke.sh', '--quick']],
  }),
  timeout: Timeout.prefault('5m').meta({
    description: 'How long it may run before it and its children are ended, and it counts as failed.',
    examples: ['60s'],
  }),
  rerun: z
    .literal('safe')
    .optional()
    .meta({ description: 'It may be run again when nobody knows whether it ran.', examples: ['safe'] }),
  per: z
    .enum(['unit', 'run'])
    .prefault('unit')
    .meta({
      description: 'Once for each service in each cluster (unit), or once for the whole release (run).',
      examples: ['run'],
    }),
})

const list = (description: string) =>
  z
    .array(Hook, {
      error: ({ input }) =>
        says(`${shown(input)} is not a list of hooks`, 'write [{ run: [./smoke.sh], timeout: 60s }]'),
    })
    .optional()
    .meta({ description, examples: [[{ run: ['./smoke.sh'], timeout: '60s' }]] })

export const Hooks = z.strictObject({
  before: list('Before anything is changed. A failure stops the release.'),
  'before-traffic': list('When the new pods are ready and no user has reached them. A failure takes them back.'),
  'after-weight': list('After each raise of the weight. A failure takes the release back.'),
  after: list('After the release is done. A failure is reported and takes nothing back.'),
  'on-rollback': list('After the release was taken back and stable was seen to serve.'),
})

/** A hook of the release. */
export interface HookTarget {
  /** As written: a path in it is relative to the folder of the file. */
  readonly argv: readonly [string, ...string[]]
  readonly timeout: Millis
  readonly rerun?: 'safe'
  readonly per: 'unit' | 'run'
  /** Where the file says it. */
  readonly place: string
}

/** All hooks of a service, with an empty list where it has none. */
export function hooksOf(
  hooks: z.output<typeof Hooks> | undefined,
  where: (path: Path) => string | undefined,
): Readonly<Record<Moment, readonly HookTarget[]>> {
  const at = (moment: Moment): HookTarget[] =>
    (hooks?.[moment] ?? []).map(({ run: [program = '', ...words], timeout, rerun, per }, index) => {
      const place = where([moment, index, 'run']) ?? ''
      return Object.assign({ argv: [program, ...words] as const, timeout, per, place }, rerun && { rerun })
    })
  return {
    before: at('before'),
    'before-traffic': at('before-traffic'),
    'after-weight': at('after-weight'),
    after: at('after'),
    'on-rollback': at('on-rollback'),
  }
}
