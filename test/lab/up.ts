/**
 * Boots one lab for use by hand, prints how to reach it, and takes it down at Ctrl-C:
 * `node test/lab/up.ts [--clusters 2] [--nodes 4] [--name hand]`
 */
import { parseArgs } from 'node:util'
import { bootLab } from './boot.ts'
import { cached } from './cache.ts'

const { values } = parseArgs({
  options: {
    clusters: { type: 'string', default: '2' },
    nodes: { type: 'string', default: '4' },
    name: { type: 'string', default: 'hand' },
  },
})

const say = (text: string) => void process.stderr.write(`lab: ${text}\n`)
const started = performance.now()
const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
})
const booting = bootLab({ name: values.name, clusters: Number(values.clusters), nodes: Number(values.nodes), say })
const early = await Promise.race([booting, interrupted])
if (early) {
  const { facts, down, gone } = early
  const enter = `ip netns exec ${facts.netns}`
  process.stdout.write(`
export KUBECONFIG=${facts.kubeconfig}        # contexts ${facts.clusters.map(({ name }) => name).join(', ')}
alias k="${enter} ${cached('kubectl')}"
${enter} ${cached('kubectl')} --kubeconfig ${facts.kubeconfig} --context a get nodes
${enter} node bin/deploy.ts --help

${facts.clusters
  .map(
    ({ name, server, gateway, netns, dir }) =>
      `cluster ${name}: API ${server}, gateway ${gateway}, inside: ip netns exec ${netns}, logs ${dir}/logs`,
  )
  .join('\n')}
up after ${Math.round((performance.now() - started) / 1000)} s; Ctrl-C takes it down
`)
  await Promise.race([interrupted, gone])
  say('going down')
  await down()
}
// Interrupted while it boots: our end is the supervisor's sign to clean up.
process.exit()
