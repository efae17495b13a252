import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../src/core/errors.ts'
import { said } from '../cli/support/deploy.ts'
import { project } from '../cli/support/project.ts'
import { blocksOf, commandsIn, root } from './readme.ts'

/** Commands of a page, each with the text that the page says it prints. */
const shown = (page: string): (readonly [string, string])[] => {
  const blocks = blocksOf(page)
  return blocks.flatMap(({ info, text }, at) => {
    const next = blocks[at + 1]
    return info === 'sh' && next?.info === 'text' ? [[text.trim(), next.text] as const] : []
  })
}

describe('docs/judge.md', () => {
  const pictures = shown('docs/judge.md')

  it('shows a verdict and a design', () => {
    expect(pictures.map(([command]) => command)).toEqual([
      expect.stringContaining('--samples examples/judge/bad.ndjson'),
      expect.stringContaining('--design'),
    ])
  })

  it.each(pictures)('shows what is printed: %s', async (command, text) => {
    const { stdout, stderr } = await said(command.split(' ').slice(1), { cwd: root })
    expect(stderr).toBe('')
    expect(stdout.trimEnd()).toBe(text.trimEnd())
  })

  it('shows a recording that can be judged', async () => {
    const recording = blocksOf('docs/judge.md').find(({ info }) => info === 'ndjson')?.text ?? ''
    const cwd = await project({ files: { 'samples.ndjson': recording } })
    const { exit, stderr } = await said(['judge', '--samples', 'samples.ndjson'], { cwd })
    expect([exit, stderr]).toEqual([exitCodes.paused, ''])
  })
})

it('the samples of examples/judge end as their page says', async () => {
  const commands = commandsIn('examples/judge/README.md')
  const ends = await Promise.all(commands.map(async ([, ...words]) => (await said(words, { cwd: root })).exit))
  const comments = [...(blocksOf('examples/judge/README.md')[0]?.text ?? '').matchAll(/# exit (\d)/g)]
  expect(ends).toEqual(comments.map(([, exit]) => Number(exit)))
  expect(ends).toEqual([0, 3])
})
