/**
 * The process that owns one lab: `supervisor.ts SPEC`, started by `bootLab` only.
 * It lives as long as its standard input is open, which is as long as the process that booted the lab lives. Whatever
 * ends it, the end is the same: components killed, namespaces removed, data removed. If it is itself killed with
 * SIGKILL, the kernel kills the components and the next boot removes the rest.
 */
import { execve } from 'node:process'
import { join } from 'node:path'
import { type Child, ended, how, killChild, startChild, tail } from './child.ts'
import { adminCredentials, bootCluster, type Starter } from './cluster-boot.ts'
import { clusterFacts, type LabFacts } from './facts.ts'
import { writeKubeconfig } from './kubeconfig.ts'
import { type Estate, claim, clearLeftovers, labsDir, release } from './leftovers.ts'
import { createNetwork } from './network.ts'

export type SupervisorSpec = { readonly name: string; readonly clusters: readonly string[]; readonly nodes: number }

/** Lines of JSON on standard output. */
export type Report =
  | { readonly type: 'said'; readonly text: string }
  | { readonly type: 'ready'; readonly facts: LabFacts }
  | { readonly type: 'failed'; readonly message: string }

const [specText, phase] = process.argv.slice(2) as [string, string | undefined]
const spec = JSON.parse(specText) as SupervisorSpec
process.stdout.on('error', () => {}) // nobody listens any more: standard input says so too
const facts = factsOf(spec)
const estate: Estate = {
  id: facts.id,
  dir: facts.dir,
  dataDir: `/dev/shm/${facts.id}`,
  namespaces: [...facts.clusters.map(({ netns }) => netns), facts.netns],
}

if (phase === 'inside') await live()
else await moveInside()

/** The pid is part of every name, so two labs never meet. */
function factsOf({ name, clusters }: SupervisorSpec): LabFacts {
  const id = `deploy-lab-${name}-${process.pid}`
  const dir = join(labsDir, id)
  const kubeconfig = join(dir, 'kubeconfig')
  return { id, dir, netns: id, kubeconfig, clusters: clusters.map((each, n) => clusterFacts({ id, dir }, each, n)) }
}

/** Makes the namespaces, then becomes a process inside the middle one, with the same pid and standard streams. All that it starts carries DEPLOY_LAB. */
async function moveInside(): Promise<void> {
  for (const id of await clearLeftovers()) report({ type: 'said', text: `removed what was left of ${id}` })
  try {
    await claim(estate)
    await createNetwork(facts)
  } catch (error) {
    await release(estate)
    report({ type: 'failed', message: messageOf(error) })
    return
  }
  const command = ['nsenter', `--net=/run/netns/${facts.netns}`, '--', process.execPath, import.meta.filename]
  execve!('/usr/bin/nsenter', [...command, specText, 'inside'], { ...process.env, DEPLOY_LAB: facts.id })
}

async function live(): Promise<void> {
  const children: Child[] = []
  let closing = false
  const start: Starter = (childSpec) => {
    if (closing) throw new Error('the lab is ending')
    const child = startChild(childSpec)
    children.push(child)
    return child
  }
  const stopped = stopAsked()
  try {
    const booted = Promise.all(
      facts.clusters.map((cluster) =>
        bootCluster(cluster, { nodes: spec.nodes, dataDir: join(estate.dataDir, cluster.name), start }),
      ),
    )
    booted.catch(() => {}) // when stopped first, what is under way fails
    if ((await Promise.race([booted.then(() => 'booted'), stopped])) === 'booted') {
      const contexts = facts.clusters.map((cluster) => ({ cluster, credentials: adminCredentials(cluster) }))
      await writeKubeconfig(facts.kubeconfig, contexts)
      report({ type: 'ready', facts })
      for (const child of children) tellOfDeath(child, () => closing)
      await stopped
    }
  } catch (error) {
    report({ type: 'failed', message: messageOf(error) })
  } finally {
    closing = true
    await Promise.all(children.map(killChild))
    await release(estate)
  }
  process.exit()
}

function stopAsked(): Promise<'stopped'> {
  return new Promise((resolve) => {
    const stop = () => resolve('stopped')
    process.stdin.resume().once('end', stop).once('error', stop)
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)
  })
}

function tellOfDeath(child: Child, expected: () => boolean): void {
  const tell = async () => {
    if (expected()) return
    report({ type: 'said', text: `${child.name} died (${how(child)})\n${await tail(child.log)}` })
  }
  if (ended(child)) void tell()
  else child.process.once('exit', () => void tell())
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function report(line: Report): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
