import { describe, expect, it } from 'vitest'
import { inEffect } from '../../src/config/in-effect.ts'
import { parseConfig } from '../../src/config/load.ts'
import { strategies } from '../../strategies/index.ts'

const text =
  'version: 1\nservices: { web: { image: acme/web } }\nenvironments: { prod: { clusters: [{ context: prod }] } }\n'

it('a secret that somebody wrote into the file is not shown; where one is named, that is', () => {
  const loaded = { ...parseConfig(text, 'deploy.yaml', { strategies }), path: '/deploy.yaml', folder: '/' }
  const source = { services: { web: { auth: { bearer: 's3cret' }, other: { bearer: 'env:TOKEN' } } } }
  const settings = inEffect({ loaded: { ...loaded, source }, strategies, variables: {}, told: {} })
  expect(settings.filter(({ key }) => key.endsWith('bearer')).map(({ text }) => text)).toEqual([
    '(not shown)',
    'env:TOKEN',
  ])
})

describe('how a service is compared', () => {
  const metrics = 'metrics: { source: pods, requests: a_total, errors: \'code="500"\' }'
  const judgeOf = (service: string): string[] => {
    const loaded = parseConfig(text.replace('acme/web }', `acme/web${service} }`), 'deploy.yaml', { strategies })
    return inEffect({ loaded: { ...loaded, path: '/deploy.yaml', folder: '/' }, strategies, variables: {}, told: {} })
      .filter(({ key }) => key.startsWith('services.web.judge'))
      .map((setting) => `${setting.key.slice('services.web.judge'.length)} ${setting.text} ${setting.origin.from}`)
  }

  it('is listed where it has metrics, also when the file says nothing of it', () => {
    expect(judgeOf(`, ${metrics}`)).toEqual([
      '.confidence 99% default',
      '.errors { ratio: 1.25, margin: 0.01% } default',
      '.latency { quantile: p95, slower: 15%, margin: 0.2%, warmUp: 60s } default',
      '.advance { ratio: 1.5, margin: 0.5%, chance: 5% } default',
      '.minSoak 60s default',
      '.overdispersion auto default',
      '.weights { errors: 0.5, latency: 0.3, other: 0.2 } default',
      '.bets { first: 50%, restart: 10m, cap: auto, anytime: 75% } default',
    ])
  })

  it('is listed as the file has it, with the defaults of the rest', () => {
    expect(judgeOf(`, ${metrics}, judge: { errors: { ratio: 2 }, latency: false }`).slice(0, 5)).toEqual([
      '.errors.ratio 2 file',
      '.latency false file',
      '.confidence 99% default',
      '.errors.margin 0.01% default',
      '.advance { ratio: 1.5, margin: 0.5%, chance: 5% } default',
    ])
  })

  it('is not where it is switched off, or nothing is counted', () => {
    expect([judgeOf(`, ${metrics}, judge: false`), judgeOf('')]).toEqual([[' false file'], []])
  })
})
