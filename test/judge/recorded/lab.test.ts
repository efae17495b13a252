import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { second } from '../../../src/core/time.ts'
import { usualTerms } from '../../../src/judge/compared/terms.ts'
import { decisive } from '../../../src/judge/recorded/decisive.ts'
import { judgeRecording } from '../../../src/judge/recorded/judge-recording.ts'
import { openRecording } from '../../../src/judge/recorded/recording.ts'
import { surveyOf } from '../../../src/judge/recorded/survey.ts'

/** What a run sampled of versions in the lab, by a real Prometheus; test/lab/record-samples.ts made it. */
async function replayed(name: string) {
  const text = await readFile(join(import.meta.dirname, '..', 'fixtures', `${name}.ndjson`), 'utf8')
  const opened = () => openRecording(name, pieces(text))
  const { stages, baseline, began } = await surveyOf(await opened())
  // As that run had them: it asked every 2 s.
  const terms = { ...usualTerms, batch: 2 * second, stages }
  const judged = await judgeRecording({ ...(await opened()), baseline }, { terms, began })
  const deciding = decisive(judged)
  return { verdict: deciding?.state.verdict, stage: deciding?.name, streams: judged.state.streams, began, ...judged }
}

async function* pieces(text: string): AsyncGenerator<string> {
  yield text
}

describe('what a run in the lab sampled, judged again', () => {
  it('passes a version that is as good as stable', async () => {
    const { verdict, stage } = await replayed('good')
    expect([stage, verdict?.answer]).toEqual(['weight-25', 'pass'])
  })

  it('takes back a version that fails 5 % of requests', async () => {
    const { verdict, stage, began } = await replayed('bad')
    expect(verdict).toMatchObject({ answer: 'rollback', stream: 'errors' })
    expect(stage).toBe('weight-25')
    expect((verdict?.at ?? 0) - began).toBeLessThan(60 * second)
  })

  it.each(['good', 'bad'])('compares latency with what stable did before: %s', async (name) => {
    const { streams, notes } = await replayed(name)
    expect(streams.filter(({ stream }) => stream.metric === 'latency').length).toBeGreaterThan(0)
    expect(notes.filter((note) => note.includes('latency'))).toEqual([])
  })
})
