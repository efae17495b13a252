/** The command line by the clock of a demo's world: `DEMO_WORLD="http://127.0.0.1:PORT SPEED" deploy.ts …`. */
import { request } from 'undici'
import { ownProcess } from '../../bin/own-process.ts'
import { systemClock } from '../../src/adapters/clock.ts'
import { main } from '../../src/cli/main.ts'
import type { Clock } from '../../src/ports.ts'
import { lateStrategies } from '../../strategies/late.ts'

const [url = '', speed = '1'] = (process.env['DEMO_WORLD'] ?? '').split(' ')

void run().then((exit) => {
  process.exitCode = exit
})

async function run(): Promise<number> {
  return main({ strategies: lateStrategies, process: ownProcess({ clock: await clockOf(url, Number(speed)) }) })
}

/** Read once from the world's API server; from then on so many times as fast as the machine's. */
async function clockOf(world: string, factor: number): Promise<Clock> {
  const { headers, body } = await request(`${world}/version`)
  await body.dump()
  const [there, here] = [Date.parse(String(headers['date'])), systemClock.now()]
  return {
    now: () => Math.round(there + (systemClock.now() - here) * factor),
    elapsed: () => systemClock.elapsed() * factor,
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
  }
}
