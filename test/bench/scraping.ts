import { join } from 'node:path'
import { execa } from 'execa'
import { second } from '../../src/core/time.ts'
import type { Lab } from '../lab/lab.ts'
import type { LabNamespace } from '../lab/namespace.ts'
import { within } from '../lab/network.ts'
import type { Scraped, ScrapeSpec } from './children/scrape.ts'
import type { Row } from './measure.ts'

const ways = [['pods/portforward', 'get', 'create'] as const, ['pods/proxy', 'get'] as const]

/** What it costs to read 100 pods every 10 s, by each way. */
export async function scraping(lab: Lab): Promise<readonly Row[]> {
  const namespace = await lab.cluster('a').namespace()
  try {
    await namespace.web({ replicas: 100, route: false })
    const rows: Row[] = []
    for (const [resource, ...verbs] of ways) {
      const { way, pods, share, opening } = await scraped(lab, namespace, { resource, verbs })
      const cost = `${(100 * share).toFixed(1)} % of a core`
      rows.push([
        `${pods} pods each 10 s, ${way.replace('pods ', '')}`,
        cost,
        `${Math.round(opening)} ms CPU to open`,
        '',
        '≤ 5 %',
      ])
    }
    return rows
  } finally {
    await namespace.delete()
  }
}

async function scraped(
  lab: Lab,
  namespace: LabNamespace,
  { resource, verbs }: { readonly resource: string; readonly verbs: readonly string[] },
): Promise<Scraped> {
  const rule = (name: string, ...allowed: readonly string[]) => ({ apiGroups: [''], resources: [name], verbs: allowed })
  const kubeconfig = await namespace.userKubeconfig([rule('pods', 'get', 'list'), rule(resource, ...verbs)])
  const spec: ScrapeSpec = { kubeconfig, namespace: namespace.name, every: 10 * second, polls: 4 }
  const script = join(import.meta.dirname, 'children/scrape.ts')
  const [command, args] = within(lab.facts.netns, [process.execPath, script, JSON.stringify(spec)])
  const { stdout } = await execa(command, args)
  return JSON.parse(stdout) as Scraped
}
