/**
 * Plays the scripts on real components and says what was seen otherwise: `node test/contract/on-lab.ts [NAME…]`.
 * Boots a lab of its own, or uses a kubectl that is given: `--kubectl "ip netns exec … kubectl --kubeconfig …"`.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { execa } from 'execa'
import limit from 'p-limit'
import { kinds } from '../../src/core/kinds.ts'
import type { KubeObject } from '../../src/core/objects.ts'
import { bootLab } from '../lab/boot.ts'
import { cached } from '../lab/cache.ts'
import type { Driver } from './driver.ts'
import { play } from './play.ts'
import type { Script } from './script.ts'
import { scripts } from './scripts/index.ts'

const { values, positionals } = parseArgs({ options: { kubectl: { type: 'string' } }, allowPositionals: true })
const say = (text: string) => void process.stdout.write(`${text}\n`)
const lab = values.kubectl === undefined ? await bootLab({ name: 'contract', clusters: 1 }) : null
const command =
  values.kubectl?.split(' ') ??
  (lab ? ['ip', 'netns', 'exec', lab.facts.netns, cached('kubectl'), '--kubeconfig', lab.facts.kubeconfig] : [])
let missed = 0
try {
  const chosen = scripts.filter(
    ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
  )
  const inTurn = limit(4)
  const tell = async (script: Script): Promise<void> => {
    const misses = await play(script, await labDriver(command))
    missed += misses.length
    say(`${misses.length === 0 ? 'as written' : 'OTHERWISE'}: ${script.name}`)
    for (const { step, wanted, seen } of misses)
      say(`  step ${step}\n    wanted ${JSON.stringify(wanted)}\n    seen   ${JSON.stringify(seen)}`)
  }
  await Promise.all(chosen.map((script) => inTurn(() => tell(script))))
} finally {
  await lab?.down()
}
process.exitCode = missed === 0 ? 0 : 1

async function labDriver([program = '', ...prefix]: readonly string[]): Promise<Driver> {
  const namespace = `contract-${randomBytes(3).toString('hex')}`
  const kubectl = async (args: readonly string[], input?: unknown): Promise<string> => {
    const options = input === undefined ? {} : { input: JSON.stringify(input) }
    return (await execa(program, [...prefix, '-n', namespace, ...args], options)).stdout
  }
  const list = (items: readonly object[]) => ({ apiVersion: 'v1', kind: 'List', items })
  const resource = (kind: keyof typeof kinds): string => {
    const { plural, apiVersion } = kinds[kind]
    return apiVersion.includes('/') ? `${plural}.${apiVersion.split('/')[0]}` : plural
  }
  await kubectl(['create', 'namespace', namespace])
  return {
    isReal: true,
    apply: async (objects) => void (await kubectl(['apply', '-f', '-'], list(objects))),
    replace: async (object) => void (await kubectl(['replace', '-f', '-'], object)),
    patch: async (kind, name, ops) =>
      void (await kubectl(['patch', resource(kind), name, '--type=json', '-p', JSON.stringify(ops)])),
    setImage: async (image) => void (await kubectl(['set', 'image', 'deployment/web', `app=${image}`])),
    setEnv: async (name, value) => void (await kubectl(['set', 'env', 'deployment/web', `${name}=${value}`])),
    restart: async () => void (await kubectl(['rollout', 'restart', 'deployment/web'])),
    scale: async (replicas) => void (await kubectl(['scale', 'deployment/web', `--replicas=${replicas}`])),
    delete: async (kind, name) => void (await kubectl(['delete', resource(kind), name, '--wait=false'])),
    list: async (kind) =>
      (JSON.parse(await kubectl(['get', resource(kind), '-o', 'json'])) as { items: KubeObject[] }).items,
    rest: (ms) => sleep(ms),
  }
}
