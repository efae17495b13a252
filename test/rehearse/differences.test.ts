import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { differences, touchedBy } from '../../src/rehearse/differences.ts'
import { planned } from './stage.ts'

it('every accepted difference of the simulated world is known to rehearsals, in its own words', () => {
  const text = readFileSync(new URL('../../src/sim/DIFFERENCES.md', import.meta.url), 'utf8')
  // Rehearsals use the port: its HTTP face is for kubectl and the demo.
  const [port = ''] = text.split('\n## Over HTTP\n')
  const lines = port.split('\n').flatMap((line) => (line.startsWith('- ') ? [line.slice(2)] : []))
  expect(differences.map(([line]) => line)).toEqual(lines)
})

it('a plan is told of those that it touches', async () => {
  const routed = await planned({ strategy: 'canary' })
  const bare = await planned({ strategy: 'rolling', bare: true })
  const about = (word: string) =>
    [routed, bare].map(({ plan, seen }) => touchedBy(plan, seen).some((line) => line.includes(word)))
  expect([about('Gateway'), about('HorizontalPodAutoscaler measures'), about('Nodes never fail')]).toEqual([
    [true, false],
    [true, false],
    [true, true],
  ])
})
