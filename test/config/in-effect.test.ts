import { expect, it } from 'vitest'
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
