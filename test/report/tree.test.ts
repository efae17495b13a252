import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { planOf } from '../support/plans.ts'
import { onTerminal, type Session, type Shown } from './terminal.ts'
import { type Tale, tale } from './tale.ts'

const plan = planOf({ bare: true, options: { weights: [25], soak: '5m', bake: '1m' } })
const web = 'web@us-east-1'
const at25 = tale(plan).open().upTo(web, 'weight-25')
const program = fileURLToPath(new URL('tree-program.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'tree-'))
afterAll(() => rmSync(folder, { recursive: true }))

let tapes = 0
async function played(
  told: Tale,
  exit: number,
  session: Session & { hold?: boolean; speed?: number } = {},
): Promise<Shown> {
  const { hold = false, speed = 600 } = session
  const file = join(folder, `${(tapes += 1)}.json`)
  writeFileSync(file, JSON.stringify({ plan, entries: told.entries, exit, hold }))
  return onTerminal([program, file, String(speed)], session)
}

describe('the tree on a real terminal', () => {
  it('ends with the last picture and the last block, and gives the cursor back', async () => {
    const shown = await played(at25.fail(web, 'pod web-x: exit 1').back(web).close(3, 'taken back'), 3)
    expect(`\n${shown.lines.join('\n')}`.replace(/head \w+…, \d+/, 'head …, n')).toMatchInlineSnapshot(`
      "
      canary web  v1.2.2 → v1.2.3   production/us-east-1   run r7f3   12:04 by anna   0:40

       ✔ prepare        14 s · 3 of 3 new pods available
       ◀ going back     from weight 25 %: pod web-x: exit 1
       ✔ requests back  12:04:18
       ✔ pods back      12:04:24
       ✔ the rest back  12:04:40

      Taken back: web serves v1.2.2 in us-east-1, seen in the endpoints of its services             exit 3
        why       pod web-x: exit 1
        undone    requests 12:04:18, pods 12:04:24, the rest 12:04:40
        took      40 s, 12:04:00 to 12:04:40, run r7f3 by anna on ci-7
        journal   head …, n entries
        next      deploy status r7f3   this text again; nothing is urgent, the old version serves
      "
    `)
    expect(shown).toMatchObject({ exit: 3, cursorShown: true })
    expect(shown.raw).toContain('\u001B[?25l')
  })

  it('leaves Ctrl-C to the program, and what it says about it is seen', async () => {
    const keys = [
      { after: 'soak 2:41 of 5:00', press: '\u0003' },
      { after: 'Ctrl-C: type "a"', press: '\u0003' },
    ]
    const shown = await played(at25, 130, { hold: true, keys })
    expect(shown).toMatchObject({ exit: 130, signal: 0, cursorShown: true })
    const text = shown.lines.join('\n')
    expect(text).toContain(' ! Ctrl-C: type "a" and Enter to take the release back')
    expect(text).toContain('Interrupted: web serves v1.2.3 to 25 %, v1.2.2 to the rest, in us-east-1')
    // What others wrote while the picture was up comes after it, whole.
    expect(shown.lines).toContain('a stray line')
    expect(shown.lines.at(-2)).toBe('nobody is watching web at 25 %')
  })

  it('stays one picture whatever is typed under it', async () => {
    const keys = [
      { after: 'soak 2:41 of 5:00', press: 'what now\r\r\r\u0003' },
      { after: 'Ctrl-C: type "a"', press: '\u0003' },
    ]
    const { lines } = await played(at25, 130, { hold: true, keys })
    expect(lines.filter((line) => line.startsWith('canary web'))).toHaveLength(1)
    expect(lines.join('\n')).not.toContain('what now')
  })

  it('says nothing of a write that met a newer object and is said again at once, nor of one that is not sent any more', async () => {
    const refusal = { unit: web, step: 'weight-25.weight', way: 'forward', retry: true } as const
    const told = at25
      .fact({ ...refusal, type: 'refused', code: 'kube-conflict', because: 'it is newer' })
      .fact({ ...refusal, type: 'refused', code: 'turned', because: 'it was not sent any more' })
      .fact({ ...refusal, type: 'refused', code: 'kube-unavailable', because: 'the server is away' })
    const { lines } = await played(told.fail(web, 'no').back(web).close(3, 'taken back'), 3)
    expect(lines.filter((line) => line.includes('refused'))).toEqual([expect.stringContaining('kube-unavailable')])
  })

  it('breaks nothing on a narrow terminal', async () => {
    const shown = await played(at25.fail(web, 'pod web-x: exit 1').back(web).close(3, 'taken back'), 3, {
      columns: 40,
      rows: 20,
    })
    expect(shown.lines.filter((line) => line.startsWith('canary web'))).toHaveLength(1)
    expect(shown.cursorShown).toBe(true)
  })

  it('has colours unless they are not wanted', async () => {
    const done = at25
      .after(300_000)
      .pass(web, 'weight-25')
      .upTo(web, 'close')
      .pass(web, 'close')
      .done(web)
      .close(0, 'done')
    const [coloured, plain] = await Promise.all([played(done, 0), played(done, 0, { env: { NO_COLOR: '1' } })])
    expect(coloured.lines).toEqual(plain.lines)
    // oxlint-disable-next-line no-control-regex
    expect([coloured, plain].map(({ raw }) => /\u001B\[3\d/.test(raw))).toEqual([true, false])
  })
})
