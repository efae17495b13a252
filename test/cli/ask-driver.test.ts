import { describe, expect, it } from 'vitest'
import { textOf } from '../../src/cli/ask-driver.ts'
import type { LeaseRelease, Phase } from '../../src/core/lease/lease.ts'

const release = (stage: string): LeaseRelease => ({
  service: 'web',
  environment: 'prod',
  strategy: 'canary',
  version: 'v2',
  stage,
  by: 'anna',
  host: 'ci-7',
  pid: 12,
  since: 0,
})

describe('what became of an ask', () => {
  it.each<{ readonly phase: Phase; readonly stage: string; readonly text: string }>([
    { phase: 'open', stage: 'weight-25', text: 'run r7 goes on at weight-25, by anna on ci-7 (process 12)' },
    { phase: 'paused', stage: 'weight-25', text: 'run r7 is paused at weight-25, by anna on ci-7 (process 12)' },
    { phase: 'open', stage: 'the way back', text: 'run r7 goes back, driven by anna on ci-7 (process 12)' },
    { phase: 'paused', stage: 'the way back', text: 'run r7 is paused on its way back, by anna on ci-7 (process 12)' },
    { phase: 'frozen', stage: 'the way back', text: 'run r7 is frozen on its way back, by anna on ci-7 (process 12)' },
    { phase: 'closed', stage: 'the way back', text: 'run r7 is over, by anna on ci-7 (process 12)' },
  ])('is told by how the run is: $phase, $stage', ({ phase, stage, text }) => {
    expect(textOf('r7', { phase, release: release(stage) })).toBe(`${text}; deploy watch r7 shows it`)
  })

  it('is told without what nobody can read', () => {
    expect(textOf('r7', { phase: 'paused', release: null })).toBe('run r7 is paused; deploy watch r7 shows it')
  })
})
