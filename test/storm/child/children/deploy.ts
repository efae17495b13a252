/** The command line by the clock of a served world: `STORM_WORLD="http://… SPEED"`. */
import { request } from 'undici'
import { ownProcess } from '../../../../bin/own-process.ts'
import { systemClock } from '../../../../src/adapters/clock.ts'
import { main } from '../../../../src/cli/main.ts'
import type { Clock } from '../../../../src/ports.ts'
import { lateStrategies } from '../../../../strategies/late.ts'

const [world = '', speed = '1'] = (process.env['STORM_WORLD'] ?? '').split(' ')

void run().then((exit) => {
  process.exitCode = exit
})

async function run(): Promise<number> {
  return main({ strategies: lateStrategies, process: ownProcess({ clock: await clockOf(world, Number(speed)) }) })
}

/** Read once from the world's API server; from then on so many times as fast as the machine's. */
async function clockOf(url: string, factor: number): Promise<Clock> {
  const { headers, body } = await request(`${url}/version`)
  await body.dump()
  const [there, here] = [Date.parse(String(headers['date'])), systemClock.now()]
  return {
    now: () => Math.round(there + (systemClock.now() - here) * factor),
    elapsed: () => systemClock.elapsed() * factor,
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
  }
}
