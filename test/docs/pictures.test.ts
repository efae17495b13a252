import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { onTerminal, type Shown } from '../report/terminal.ts'
import { blocksOf, root } from './readme.ts'

const pictures = blocksOf('README.md').filter(({ info }) => info === 'text')
const picture = (begins: RegExp): string => pictures.find(({ text }) => begins.test(text))?.text ?? 'no such picture'

/** The demo on a terminal as wide as the pictures. */
async function demo(...args: readonly string[]): Promise<Shown> {
  const home = await mkdtemp(join(tmpdir(), 'home-'))
  const env = { HOME: home, TMPDIR: tmpdir(), NO_COLOR: '1', GITHUB_ACTOR: 'anna' }
  return onTerminal([join(root, 'examples/demo/demo.ts'), ...args], { columns: 100, env })
}

/** What stays of a text when figures, names of runs, times and courses are another run's. */
const shape = (text: string): string =>
  text
    .replaceAll(/[▁▂▃▄▅▆▇█░]+(?: [▁▂▃▄▅▆▇█]+)*/g, '~')
    .replaceAll(/\/\S*\/deploy-demo-\w+\/\S*?runs\/\w+/g, 'FOLDER')
    .replaceAll(/run r\w{5}\b|status r\w{5}\b/g, 'RUN')
    .replaceAll(/[0-9a-f]{12}…/g, 'HASH')
    .replaceAll(/by anna on \S+/g, 'by anna')
    .replaceAll(/\d[\d,.:]*/g, 'N')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\bN (?:ms|s|min|h)(?: N (?:s|min))?(?![\w])/g, 'LONG')
    .trim()

const ends = ({ lines }: Shown): string => shape(lines.join('\n'))
const everyLine = ({ raw }: Shown): ReadonlySet<string> =>
  new Set(
    stripVTControlCharacters(raw)
      .split(/[\r\n]+/)
      .map(shape),
  )

describe('the pictures in the README are what the demo shows:', { timeout: 120_000 }, () => {
  it('a good run, while it runs and at its end', async () => {
    const shown = await demo('--speed', '120')
    expect(shown.exit).toBe(0)
    expect(ends(shown)).toContain(shape(picture(/^Done:/)))
    const known = everyLine(shown)
    expect(
      picture(/● weight 50 %/)
        .split('\n')
        .map(shape)
        .filter((line) => !known.has(line)),
    ).toEqual([])
  })

  it('a bad run, at its end', async () => {
    const shown = await demo('--bad', '--speed', '30')
    expect(shown.exit).toBe(3)
    expect(ends(shown)).toContain(shape(picture(/◀ going back/)))
  })
})
