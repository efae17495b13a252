import { execa } from 'execa'
import type { LabFacts } from './facts.ts'

/**
 * Makes the namespaces of a lab: one in the middle, where the CLI under test runs, and one per cluster, because two
 * kube-proxies in one namespace would write the same nftables table. Nothing of the machine's own network is touched.
 *
 *     middle 10.250.0.1 ──veth── cluster a 10.250.1.1, pods 10.101/16, services 10.201/16
 *                       └─veth── cluster b 10.250.2.1, pods 10.102/16, services 10.202/16
 */
export async function createNetwork({ netns, clusters }: LabFacts): Promise<void> {
  await ip(`netns add ${netns}`, ...clusters.map((cluster) => `netns add ${cluster.netns}`))
  await inside(netns, ['link set lo up', `addr add ${middle}/32 dev lo`])
  for (const cluster of clusters) {
    await inside(netns, [`link add to-${cluster.name} type veth peer name middle netns ${cluster.netns}`])
    await inside(cluster.netns, [
      'link set lo up',
      'link set middle up',
      `addr add ${cluster.address}/32 dev lo`,
      `route add ${middle}/32 dev middle src ${cluster.address}`,
      // AnyIP: every pod address is ours, so one process can be the application of all pods. `src` keeps clients apart.
      `route add local ${cluster.podCidr} dev lo src ${cluster.address}`,
      // So that cluster IPs pass the OUTPUT chain, where kube-proxy's rules turn them.
      `route add ${cluster.serviceCidr} dev lo src ${cluster.address}`,
    ])
    const link = `dev to-${cluster.name} src ${middle}`
    await inside(netns, [
      `link set to-${cluster.name} up`,
      `route add ${cluster.address}/32 ${link}`,
      // Nobody answers ARP for a cluster IP, so these go by way of the node.
      `route add ${cluster.podCidr} via ${cluster.address} onlink ${link}`,
      `route add ${cluster.serviceCidr} via ${cluster.address} onlink ${link}`,
    ])
  }
}

/** Ends whatever still runs in these namespaces, then removes them. Absent ones are no error. */
export async function removeNetwork(namespaces: readonly string[]): Promise<void> {
  for (const netns of namespaces) {
    const { stdout, exitCode } = await execa('ip', ['netns', 'pids', netns], { reject: false })
    if (exitCode !== 0) continue
    for (const pid of stdout.split(/\s+/).filter(Boolean).map(Number)) {
      if (pid === process.pid) continue
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // gone meanwhile
      }
    }
    await execa('ip', ['netns', 'del', netns], { reject: false })
  }
}

/**
 * A command as it runs in a namespace, for `spawn` and `execa`. It ends in exec, so the pid is the command's own. The
 * kernel kills it when the process that started it dies, however that happens.
 */
export const within = (netns: string, argv: readonly string[]): readonly [string, readonly string[]] => [
  'setpriv',
  ['--pdeathsig', 'KILL', '--', 'nsenter', `--net=/run/netns/${netns}`, '--', ...argv],
]

const middle = '10.250.0.1'

async function ip(...lines: readonly string[]): Promise<void> {
  for (const line of lines) await execa('ip', line.split(' '))
}

async function inside(netns: string, lines: readonly string[]): Promise<void> {
  await execa('ip', ['-n', netns, '-batch', '-'], { input: `${lines.join('\n')}\n` })
}
