/**
 * `npm run demo`: a release of the shop in a simulated cluster, by the real command line over HTTP.
 *
 *     --bad      ships a version that fails, and shows how it is taken back
 *     --serve    only keeps the cluster up, to try commands and kubectl against it
 *     --speed N  seconds of the cluster in one real second: 60, and 15 with --bad, where there is something to see
 */
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { ownProcess } from '../../bin/own-process.ts'
import { main } from '../../src/cli/main.ts'
import { lateStrategies } from '../../strategies/late.ts'
import { startWorld, type World } from './world.ts'

const stable = 'v1.2.2'
const good = 'v1.2.3'
/** Its tag says how it behaves (src/sim/rules/profile.ts): its pods become ready, and fail eight requests in a hundred. */
const bad = 'v1.2.4-err8'

const { values } = parseArgs({
  options: { bad: { type: 'boolean' }, serve: { type: 'boolean' }, speed: { type: 'string' } },
})

void run().then((exit) => {
  process.exitCode = exit
})

async function run(): Promise<number> {
  const speed = Number(values.speed ?? (values.bad ? 15 : 60))
  if (!(speed > 0)) throw new Error(`--speed is a number above 0, not ${values.speed}`)
  await using world = await startWorld({ stable, speed })
  return await (values.serve ? served(world, speed) : released(world, values.bad ? bad : good, speed))
}

async function released(world: World, version: string, speed: number): Promise<number> {
  const { clock, workspace } = world
  const args = ['canary', version]
  say(
    `A simulated cluster serves web ${stable} on ${world.url}; a minute in it takes ${60 / speed} s.`,
    `Look at it while it runs: KUBECONFIG=${workspace.kubeconfig} kubectl get deploy,rs,pods`,
    '',
    `$ deploy ${args.join(' ')}`,
    '',
  )
  const env = { ...process.env, KUBECONFIG: workspace.kubeconfig }
  const exit = await main({
    strategies: lateStrategies,
    process: ownProcess({ argv: args, cwd: workspace.folder, env, clock }),
  })
  const { sent, failed } = world.users()
  const [all, lost] = [sent, failed].map((count) => Math.round(count).toLocaleString('en-US'))
  say('', `Of ${all} requests of its users ${lost} failed.`)
  return exit
}

async function served({ workspace, url }: World, speed: number): Promise<number> {
  say(
    `A simulated cluster serves web ${stable} on ${url}; a minute in it takes ${60 / speed} s. In another terminal:`,
    '',
    `  export KUBECONFIG=${workspace.kubeconfig} PATH="${workspace.bin}:$PATH"`,
    `  cd ${workspace.folder}`,
    `  deploy plan canary ${good}`,
    `  deploy canary ${bad}`,
    '  kubectl get deploy,rs,pods,svc,httproute,pdb,hpa',
    '',
    `What it does not model it refuses, and notes in ${workspace.refused}. Ctrl-C ends it.`,
  )
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  return 0
}

function say(...lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`)
}
