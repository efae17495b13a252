import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

export interface Block {
  /** After the fence: `sh`, `yaml deploy.yaml`, `text`. */
  readonly info: string
  readonly text: string
}

export const blocksOf = (file: string): Block[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/^(`{3,})([^\n]*)\n([\s\S]*?)^\1$/gm)].map(
    ([, , info = '', text = '']) => ({ info: info.trim(), text }),
  )

/** Commands in the `sh` blocks of a page, without comments, split into words as a shell does with plain quotes. */
export const commandsIn = (file: string): string[][] =>
  blocksOf(file)
    .filter(({ info }) => info === 'sh')
    .flatMap(({ text }) => text.split('\n'))
    .map((line) =>
      [...line.replace(/\s#.*$/, '').matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? ''),
    )
    .filter((words) => words.length > 0)
