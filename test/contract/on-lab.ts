/**
 * Plays the scripts on real components and says what was seen otherwise: `node test/contract/on-lab.ts [NAME…]`.
 * Boots a lab of its own, or uses a kubectl that is given: `--kubectl "ip netns exec … kubectl --kubeconfig …"`.
 */
import { parseArgs } from 'node:util'
import limit from 'p-limit'
import { bootLab } from '../lab/boot.ts'
import { cached } from '../lab/cache.ts'
import { kubectlDriver } from './on-kubectl.ts'
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
    const misses = await play(script, await kubectlDriver(command))
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
