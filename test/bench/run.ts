/**
 * What `deploy` costs, in a lab of one cluster, as ratios to a baseline that is measured beside it: node test/bench/run.ts
 * [--pairs 5]. Seconds are of this machine and of this hour; only ratios and counts mean something elsewhere.
 */
import { rm } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { published } from '../build/bundle.ts'
import { bootLab } from '../lab/boot.ts'
import { connectLab } from '../lab/lab.ts'
import { canary } from './canary.ts'
import { table } from './measure.ts'
import { rehearsal } from './rehearsal.ts'
import { resuming } from './resuming.ts'
import { rolling } from './rolling.ts'
import { safety } from './safety.ts'
import { scraping } from './scraping.ts'
import { startUp } from './start-up.ts'
import { weighing } from './weighing.ts'

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '5' } } })
const count = Number(values.pairs)
const say = (text: string) => void process.stderr.write(`bench: ${text}\n`)

say('rehearsal')
const rehearsals = await rehearsal()
say('rules of 100 units')
const weighings = weighing()
say('a run of 100 units')
const resumed = await resuming()
const bundle = await published()
const { facts, down } = await bootLab({ name: 'bench', clusters: 1, nodes: 4, say })
try {
  const lab = connectLab(facts)
  say(`start-up, ${2 * count} pairs`)
  const starts = await startUp(lab, bundle, 2 * count)
  say(`rolling release, ${count} pairs`)
  const release = await rolling(lab, bundle, count)
  say('canary')
  const counts = await canary(lab, bundle)
  say('100 pods that are read')
  const readings = await scraping(lab)
  say('a version that fails every request')
  const rows = [
    ...rehearsals,
    ...weighings,
    ...resumed,
    release,
    ...counts,
    ...readings,
    ...(await safety(lab, bundle)),
    ...starts,
  ]
  process.stdout.write(`${table([['', 'deploy', 'baseline', 'ratio, median', 'target'], ...rows])}\n`)
} finally {
  await down()
  await rm(bundle, { recursive: true })
}
