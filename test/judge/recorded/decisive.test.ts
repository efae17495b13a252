import { expect, it } from 'vitest'
import type { Verdict } from '../../../src/judge/compared/judge.ts'
import { decisive } from '../../../src/judge/recorded/decisive.ts'
import type { JudgedStage } from '../../../src/judge/recorded/judge-recording.ts'
import { started } from '../compared/builders.ts'

const stage = (name: string, answer: Verdict['answer'] | null, requests = 10): JudgedStage => {
  const state = started()
  const batch = { newRequests: requests, newBad: 0, stableRequests: 10, stableBad: 0 }
  const verdict = answer && ({ answer, by: 'evidence', at: 0, stream: 'errors' } as const)
  return {
    name,
    weight: null,
    from: 0,
    to: 1,
    state: { ...state, verdict, streams: state.streams.map((one) => ({ ...one, stage: batch })) },
  }
}

const at = (weight: number, stage: JudgedStage): JudgedStage => ({ ...stage, weight })

it.each([
  ['the one that goes back', [stage('a', 'inconclusive'), stage('b', 'rollback')], 'b'],
  ['the first that is not decided', [stage('a', 'pass'), stage('b', 'inconclusive'), stage('c', 'pass')], 'b'],
  ['one that is not over', [stage('a', 'pass'), stage('b', null), stage('c', 'pass')], 'b'],
  ['the last', [stage('a', 'pass'), stage('b', 'advance')], 'b'],
  ['the last of those that compare something', [stage('a', 'pass'), stage('b', 'inconclusive', 0)], 'a'],
  ['one that compares nothing, where none does', [stage('a', 'inconclusive', 0)], 'a'],
  ['none where there is none', [], undefined],
  ['one in which requests are divided', [stage('a', 'pass'), at(1, stage('b', null)), at(0, stage('c', null))], 'a'],
])('of stages decides %s', (_, stages, name) => {
  expect(decisive({ stages })?.name).toBe(name)
})

it.each([
  ['no stable', { newRequests: 9, stableRequests: 0 }],
  ['no new version', { newRequests: 0, stableRequests: 9 }],
])('a stage that saw %s decides nothing', (_, saw) => {
  const other = stage('b', 'inconclusive')
  const streams = other.state.streams.map((one) => ({ ...one, stage: { ...one.stage, ...saw } }))
  expect(decisive({ stages: [stage('a', 'pass'), { ...other, state: { ...other.state, streams } }] })?.name).toBe('a')
})

it('a stage at the weight of an earlier one of its name, or of another name, decides for itself', () => {
  const inconclusive = at(0.1, stage('b', 'inconclusive'))
  for (const other of [at(0.1, stage('b', 'pass')), at(0.5, stage('c', 'pass'))])
    expect(decisive({ stages: [inconclusive, other] })).toBe(inconclusive)
  expect(decisive({ stages: [at(0.5, stage('b', 'pass')), inconclusive] })).toBe(inconclusive)
})

it('a stage that is still at the weight of the one before decides nothing', () => {
  const stages = [at(0.1, stage('a', 'pass')), at(0.1, stage('b', null)), at(0.5, stage('b', 'pass'))]
  expect(decisive({ stages })?.weight).toBe(0.5)
})
