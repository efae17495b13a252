/**
 * The command line by the clock of a served world, in a process that kills itself: `STORM_WORLD="http://… SPEED"`, and
 * `STORM_DEATH="before 17"` or `"after 17"`: SIGKILL right before, or right after, the 17th entry of the journal is on disk.
 */
import { type FileHandle, open } from 'node:fs/promises'
import { request } from 'undici'
import { ownProcess } from '../../../../bin/own-process.ts'
import { systemClock } from '../../../../src/adapters/clock.ts'
import { main } from '../../../../src/cli/main.ts'
import type { Clock } from '../../../../src/ports.ts'
import { lateStrategies } from '../../../../strategies/late.ts'

const [world = '', speed = '1'] = (process.env['STORM_WORLD'] ?? '').split(' ')
const [side, number] = (process.env['STORM_DEATH'] ?? '').split(' ')

void run().then((exit) => {
  process.exitCode = exit
})

async function run(): Promise<number> {
  if (number !== undefined) await dieAt(Number(number))
  return main({ strategies: lateStrategies, process: ownProcess({ clock: await clockOf(world, Number(speed)) }) })
}

/** Read once from the world's API server; from then on so many times as fast as the machine's. */
async function clockOf(url: string, factor: number): Promise<Clock> {
  const { headers, body } = await request(`${url}/version`)
  await body.dump()
  const [there, here] = [Date.parse(String(headers['date'])), systemClock.now()]
  return {
    now: () => Math.round(there + (systemClock.now() - here) * factor),
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
  }
}

type Write = (bytes: Uint8Array, ...more: unknown[]) => Promise<unknown>

/** Stands between the journal and its file, which knows nothing of it. */
async function dieAt(entry: number): Promise<void> {
  const file = await open(import.meta.filename)
  const handles = Object.getPrototypeOf(file) as FileHandle
  await file.close()
  const { sync } = handles
  const write = handles.write as unknown as Write
  let isWritten = false
  const dying: Write = function (this: unknown, bytes, ...more) {
    const seqs = [
      ...Buffer.from(bytes)
        .toString()
        .matchAll(/"prev":"[0-9a-f]{64}","?.*?"seq":(\d+)/g),
    ]
    isWritten ||= seqs.some(([, seq]) => Number(seq) >= entry)
    if (isWritten && side === 'before') process.kill(process.pid, 'SIGKILL')
    return Reflect.apply(write, this, [bytes, ...more])
  }
  Object.assign(handles, {
    write: dying,
    async sync(this: unknown) {
      await Reflect.apply(sync, this, [])
      if (isWritten) process.kill(process.pid, 'SIGKILL')
    },
  })
}
