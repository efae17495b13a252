import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { minute, second } from '../../../../src/core/time.ts'
import type { Note, Notebook } from '../../../../src/ports.ts'
import { noteOf, web, world, type World } from './bench.ts'

/** What a driver that has these notes leaves behind. */
async function left({ driver }: World, notes: Readonly<Record<string, Note>>, epoch = 1): Promise<void> {
  const book = driver(epoch)
  for (const [unit, note] of Object.entries(notes)) book.keep(unit, () => note)
  await book[Symbol.asyncDispose]()
}

const read = (book: Notebook, unit = web): Promise<Note | null> => book.read(unit)

/** How often notes were made, once all is written that is due. */
async function madeBy(polls: readonly { readonly at: number }[], unitsOf = [web]): Promise<number> {
  const here = await world()
  const book = here.driver()
  let made = 0
  let at = 0
  for (const poll of polls) {
    await here.sim.advance(poll.at - at)
    at = poll.at
    for (const unit of unitsOf)
      book.keep(unit, () => {
        made += 1
        return noteOf(`judge at ${poll.at}`)
      })
    await here.sim.during(new Promise((resolve) => setTimeout(resolve, 20)))
  }
  return made
}

describe('the notebook of a run', () => {
  it('has what the driver before wrote last, judge and counters of one moment', async () => {
    const here = await world()
    await left(here, { [web]: noteOf('first') })
    await left(here, { [web]: noteOf('second'), 'web@two': noteOf(null) }, 2)
    expect(await read(here.driver(3))).toEqual(noteOf('second'))
    expect(await read(here.driver(3), 'web@two')).toEqual(noteOf(null))
    expect(await read(here.driver(3), 'web@three')).toBeNull()
  })

  it("is its operator's alone, and leaves no half of a file", async () => {
    const here = await world()
    await left(here, { [web]: noteOf('first'), 'web@arn:aws:eks:eu-central-1:1:cluster/a': noteOf('second') })
    const names = await readdir(here.folder)
    const modes = await Promise.all(names.map(async (name) => (await stat(join(here.folder, name))).mode & 0o777))
    expect((await stat(here.folder)).mode & 0o777).toBe(0o700)
    expect([names.filter((name) => name.endsWith('.json')).length, modes]).toEqual([2, [0o600, 0o600]])
  })

  it('is written every 15 s, and a note is made only then', async () => {
    const polls = Array.from({ length: 13 }, (_, index) => ({ at: index * 5 * second }))
    expect(await madeBy(polls)).toBe(5)
  })

  it('does not make a note while whoever polls waits', async () => {
    const { driver } = await world()
    const make = vi.fn(() => noteOf('x'))
    driver().keep(web, make)
    expect(make).not.toHaveBeenCalled()
    await vi.waitFor(() => expect(make).toHaveBeenCalledTimes(1))
  })

  it.each([
    ['cut off', '{"v":1,"unit":"web@one","judge":"x'],
    ['of another version', JSON.stringify({ v: 2, unit: web, judge: null, counters: null })],
    ['of another unit', JSON.stringify({ v: 1, unit: 'web@two', judge: 'x', counters: null })],
    ['no note', '[]'],
  ])('that is %s is none', async (_, text) => {
    const here = await world()
    await left(here, { [web]: noteOf(null) })
    const [name = ''] = await readdir(here.folder)
    await writeFile(join(here.folder, name), text)
    expect(await read(here.driver(1))).toBeNull()
  })

  it('goes on where a crash left half of a file beside it', async () => {
    const here = await world()
    await left(here, { [web]: noteOf('first') })
    const [name = ''] = await readdir(here.folder)
    await writeFile(join(here.folder, `${name}.new`), '{"v":1')
    await left(here, { [web]: noteOf('second') }, 2)
    expect(JSON.parse(await readFile(join(here.folder, name), 'utf8'))).toMatchObject({ judge: 'second' })
    expect(await readdir(here.folder)).toEqual([name])
  })

  it('that can not be written says so once, and the run goes on', async () => {
    const here = await world()
    await writeFile(here.folder, 'a file where the folder should be')
    await left(here, { [web]: noteOf('first'), 'web@two': noteOf('second') })
    expect(here.warnings).toEqual([expect.stringContaining("can't be kept in")])
  })

  it('of a note that can not be made says so, and the run goes on', async () => {
    const here = await world()
    const book = here.driver()
    book.keep(web, () => {
      throw new TypeError('a bug')
    })
    await book[Symbol.asyncDispose]()
    expect(here.warnings).toHaveLength(1)
  })
})

describe('on another machine', () => {
  it('the judge goes on, and where counters stood is not known', async () => {
    const here = await world()
    await left(here, { [web]: noteOf('first'), 'web@two': noteOf('second') })
    await rm(here.folder, { recursive: true })
    expect(await read(here.driver(2))).toEqual({ judge: 'first', counters: null })
    expect(await read(here.driver(2), 'web@two')).toEqual({ judge: 'second', counters: null })
  })

  it('nothing is asked of the cluster by the first driver', async () => {
    const here = await world()
    here.away = true
    expect(await read(here.driver(1))).toBeNull()
    expect(here.warnings).toEqual([])
  })

  it('what is here goes before what is there: it has counters', async () => {
    const here = await world()
    await left(here, { [web]: noteOf('both') })
    expect(await read(here.driver(2))).toEqual(noteOf('both'))
  })

  it('what is there goes before a note from before the comparison', async () => {
    const here = await world()
    await left(here, { [web]: noteOf('elsewhere') })
    await rm(here.folder, { recursive: true })
    here.away = true
    await left(here, { [web]: noteOf(null) }, 2)
    here.away = false
    expect(await read(here.driver(3))).toEqual({ judge: 'elsewhere', counters: null })
  })
})

describe('in the home cluster', () => {
  /** Polls of one driver, each with something new. */
  const polled = async (here: World, book: Notebook, span: number, text: (at: number) => string): Promise<void> => {
    for (let at = 0; at <= span; at += 5 * second) {
      if (at > 0) await here.sim.advance(5 * second)
      book.keep(web, () => noteOf(text(at)))
      await here.sim.during(new Promise((resolve) => setTimeout(resolve, 10)))
    }
  }

  it('is one object of the run, with the labels of its other parts', async () => {
    const here = await world()
    await left(here, { [web]: noteOf('first') })
    expect(here.map()?.metadata).toMatchObject({
      name: 'deploy-run-r7f3-judge',
      labels: {
        'app.kubernetes.io/managed-by': 'deploy',
        'deploy/run': 'r7f3',
        'deploy/service': 'web',
        'deploy/part': 'judge',
      },
    })
  })

  it('is replaced every 30 s at most, and only where it says something else', async () => {
    const [busy, idle] = [await world(), await world()]
    await polled(busy, busy.driver(), 2 * minute, (at) => `at ${at}`)
    await polled(idle, idle.driver(), 2 * minute, () => 'always the same')
    expect(busy.writes.length).toBeGreaterThanOrEqual(3)
    expect(busy.writes.length).toBeLessThanOrEqual(5)
    expect(idle.writes).toHaveLength(1)
  })

  it('is not replaced by a driver that another has replaced', async () => {
    const here = await world()
    const [late, next] = [here.driver(1, join(here.folder, '..', 'late')), here.driver(2)]
    late.keep(web, () => noteOf('old'))
    await vi.waitFor(() => expect(here.map()).toBeDefined())
    next.keep(web, () => noteOf('new'))
    await next[Symbol.asyncDispose]()
    late.keep(web, () => noteOf('older still'))
    await late[Symbol.asyncDispose]()
    await rm(here.folder, { recursive: true })
    expect(await read(here.driver(3))).toEqual({ judge: 'new', counters: null })
    expect(here.warnings).toEqual([])
  })

  it('that somebody deleted is made again', async () => {
    const here = await world()
    const book = here.driver()
    book.keep(web, () => noteOf('first'))
    await vi.waitFor(() => expect(here.map()).toBeDefined())
    here.cluster.acts.delete({ kind: 'ConfigMap', namespace: 'default', name: 'deploy-run-r7f3-judge' })
    book.keep(web, () => noteOf('second'))
    await book[Symbol.asyncDispose]()
    await rm(here.folder, { recursive: true })
    expect(await read(here.driver(2))).toMatchObject({ judge: 'second' })
  })

  it('that is away costs a line in the log, and what is here stays', async () => {
    const here = await world()
    here.away = true
    await left(here, { [web]: noteOf('first') })
    expect(here.warnings).toEqual([expect.stringContaining('deploy-run-r7f3-judge')])
    here.away = false
    expect(await read(here.driver(2))).toEqual(noteOf('first'))
  })

  it.each([
    ['no base64 of ours', { 'judge.json.br': 'AAAA' }],
    ['nothing', {}],
  ])('that holds %s is none', async (_, binaryData) => {
    const here = await world()
    await left(here, { [web]: noteOf('first') })
    await rm(here.folder, { recursive: true })
    const patch = { verb: 'patch', ops: [{ op: 'add', path: '/binaryData', value: binaryData }] } as const
    const object = { kind: 'ConfigMap', namespace: 'default', name: 'deploy-run-r7f3-judge' } as const
    await here.cluster.write({ ...patch, object }, { signal: new AbortController().signal })
    expect(await read(here.driver(2))).toBeNull()
  })
})
