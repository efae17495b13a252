import { expect, it } from 'vitest'
import { openRun } from '../../../src/adapters/journal/open.ts'
import { child, freshRoot, leftRun } from './sample.ts'
import { run, warned } from './sample-facts.ts'

it('a driver killed while it appends loses nothing that was acknowledged, and the next one goes on', async () => {
  const root = await freshRoot()
  await leftRun({ root, said: [] })
  let before = 0
  for (let round = 1; round <= 6; round += 1) {
    const driver = child('append.ts', root, run)
    await driver.says('acknowledged')
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 150))
    driver.started.kill('SIGKILL')
    await driver.ended
    const acknowledged = Number(driver.lines().at(-1)?.split(' ')[1])

    const { journal, epoch } = await openRun({ root, run })
    await using _ = journal
    const found = journal.entries.length
    expect(acknowledged).toBeGreaterThan(before)
    expect(found).toBeGreaterThanOrEqual(acknowledged)
    expect(found).toBeLessThanOrEqual(acknowledged + 3)
    expect(epoch).toBe(2 * round)
    await journal.append([warned('found it')], 1)
    before = found + 1
  }
}, 60_000)
