import { describe, expect, it } from 'vitest'
import { logsWanted, withLogs } from '../../../src/core/health/logs.ts'
import { said } from '../../../src/core/health/said.ts'
import type { WorstPod } from '../../../src/core/health/worst.ts'
import { type PodBuilder, pod } from './pods.ts'
import { event, look, node, still } from './world.ts'

const probe = { readinessProbe: { httpGet: { port: 8080, path: '/up' } } }

function worstIn(...pods: PodBuilder[]): WorstPod {
  const { worst } = look({ pods })
  if (!worst) throw new Error('no worst pod')
  return worst
}

describe('the worst pod', () => {
  it('is told with state, probe, conditions, events newest first, and node', () => {
    const bad = pod('web-new-a').app(probe).notReady().ended(1).restarts(1)
    const others = [
      event(bad, 'Started', 'Started container', 9),
      event(bad, 'Unhealthy', 'older', 1),
      event(bad, 'Unhealthy', 'newer', 5),
      node('node-a'),
    ]
    expect(still(120, { pods: [bad], others }).worst?.bundle).toEqual([
      'pod web-new-a: Running on node-a',
      'container app: running, not ready, 1 restart',
      '  image registry.test/web:v2',
      '  before: exit code 1',
      '  readiness probe HTTP GET :8080/up, every 10 s, 3 failures',
      'condition ContainersReady=False',
      'condition Ready=False',
      'event Warning Unhealthy: newer',
      'event Warning Unhealthy: older',
      'node node-a: Ready=True',
    ])
  })

  it('is a confirmed one before a suspected one', () => {
    expect(
      worstIn(pod('a').waiting('ErrImagePull', 'not found'), pod('b').waiting('CrashLoopBackOff')).pod.metadata.name,
    ).toBe('b')
  })

  it('is a suspected one where none is confirmed, or else one that is not Ready', () => {
    expect(worstIn(pod('a'), pod('b').notReady()).because).toContain('runs but is not ready')
    expect(worstIn(pod('a'), pod('b').waiting('ContainerCreating')).because).toBe('not Ready yet')
  })
})

describe('logs', () => {
  it('are wanted of the container before its restart, where it waits for one', () => {
    const worst = worstIn(pod('a').with({ name: 'mesh' }).waiting('CrashLoopBackOff').ended(1).restarts(2))
    expect(logsWanted(worst)).toEqual([{ pod: 'a', container: 'app', previous: true, lines: 50 }])
  })

  it('are wanted of the present one, where it runs unready or has just ended', () => {
    expect(logsWanted(worstIn(pod('a').notReady()))).toMatchObject([{ previous: false }])
    expect(logsWanted(worstIn(pod('a').state({ terminated: { exitCode: 1 } })))).toMatchObject([{ previous: false }])
  })

  it('are not wanted where nothing ever ran', () => {
    expect(logsWanted(worstIn(pod('a').waiting('ErrImagePull')))).toEqual([])
  })

  it('stand below the bundle, marked, and only their last lines', () => {
    const log = { pod: 'a', container: 'app', previous: true, lines: 2, text: 'one\ntwo\n::error::three\u0007\n' }
    expect(withLogs(['pod a'], [log])).toEqual([
      'pod a',
      'log of app before its last restart, last 2 lines:',
      '  | two',
      '  | ::error::three\\u{7}',
    ])
  })
})

describe('said', () => {
  it.each([
    ['  two\nlines\t', 'two\\nlines'],
    ['\u001b[2J', '\\u{1b}[2J'],
    ['a\u202eb\u2028c', 'a\\u{202e}b\\u{2028}c'],
    [undefined, ''],
  ])('%j is one harmless line', (text, line) => {
    expect(said(text)).toBe(line)
  })

  it('keeps no more than it is told', () => {
    expect(said('abcdef', 4)).toBe('abc…')
    expect(said('ab😀def', 4).isWellFormed()).toBe(true)
  })
})
