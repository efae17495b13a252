import { describe, expect, it } from 'vitest'
import { explainKeys } from '../../src/config/explain.ts'
import { configJsonSchema } from '../../src/config/json-schema.ts'
import { strategies as real } from '../../strategies/index.ts'
import { parseConfig } from '../../src/config/load.ts'
import { isObject, type Json } from '../../src/core/json.ts'
import { file, parse, strategies } from './sample.ts'

const schema = configJsonSchema(strategies)

/** The schema of a key. */
const under = (...keys: readonly string[]): Json =>
  keys.reduce<Json>((here, key) => {
    if (!isObject(here)) return null
    const { properties, additionalProperties, items } = here
    if (key === '[]') return items ?? null
    if (key === '*') return additionalProperties ?? null
    return (isObject(properties) ? properties[key] : null) ?? null
  }, schema)

describe('the JSON schema', () => {
  it('is the same each time it is made', () => {
    expect(JSON.stringify(configJsonSchema(strategies))).toBe(JSON.stringify(schema))
  })

  it('is of the draft that editors read, and closed', () => {
    expect(schema).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: 'deploy.yaml',
      required: ['version', 'services', 'environments'],
      additionalProperties: false,
    })
  })

  it('speaks of what people write, not of what it becomes', () => {
    expect(under('strategies', 'canary', 'soak')).toMatchObject({ type: 'string', default: '5m' })
    expect(under('strategies', 'canary', 'bake')).toMatchObject({ type: 'string', default: '15m' })
    expect(under('strategies', 'rolling', 'batches')).toMatchObject({ type: 'array', default: ['25%', '50%', '100%'] })
  })

  it('marks what arrives later as impossible', () => {
    expect(under('pipelines')).toMatchObject({ not: {}, deprecated: true })
  })

  it('knows variants by their type', () => {
    expect(under('strategies', '*')).toMatchObject({
      oneOf: [{ properties: { type: { const: 'canary' } } }, { properties: { type: { const: 'rolling' } } }],
    })
  })
})

describe('the keys', () => {
  const keys = explainKeys(strategies)

  it('have each a description, and an example or a default unless they arrive later', () => {
    const bare = keys.filter(
      ({ description, example, default: usual, later }) =>
        description === '' || (!later && (example ?? usual) === undefined),
    )
    expect(bare.map(({ key }) => key)).toEqual(['strategies.canary', 'strategies.rolling'])
  })

  it('are all of them there', () => {
    const described = JSON.stringify(schema).match(/"additionalProperties":false|"properties"/g)
    expect(described?.length).toBeGreaterThan(10)
    const names = keys.map(({ key }) => key)
    for (const key of [
      'services.<name>.hooks.on-rollback[].timeout',
      'services.<name>.traffic.pin',
      'strategies.canary.onFailure',
      'strategies.<name>',
      'environments.<name>.clusters[].eks.region',
    ])
      expect(names).toContain(key)
  })

  it('say what they take, need and default to', () => {
    const of = (key: string) => keys.find((doc) => doc.key === key)
    expect(of('services.<name>.image')).toMatchObject({
      takes: 'text',
      required: true,
      example: 'ghcr.io/acme/web',
      later: false,
    })
    expect(of('services.<name>.traffic.router')).toMatchObject({
      takes: 'gateway-api, selector or replicas',
      required: false,
    })
    expect(of('strategies.canary.deadline')).toMatchObject({ takes: 'text', default: '10m' })
    expect(of('environments.<name>.protected')).toMatchObject({ takes: 'true or false', default: 'false' })
    expect(of('dns')).toMatchObject({ takes: 'nothing yet', later: true })
  })

  it('have examples that the file takes', () => {
    const example = (key: string): string => keys.find((doc) => doc.key === key)?.example ?? ''
    const serviceKeys = ['workload', 'manifests', 'traffic', 'hooks'].map(
      (key) => `${key}: ${example(`services.<name>.${key}`)}`,
    )
    const text = file({
      services: `  web: { image: ${example('services.<name>.image')}, ${serviceKeys.join(', ')} }`,
      environments: `  staging: { protected: true, clusters: ${example('environments.<name>.clusters')} }`,
    })
    expect(() => parse(text)).not.toThrow()
    expect(() =>
      parse(`version: 1\nservices: ${example('services')}\nenvironments: ${example('environments')}`),
    ).not.toThrow()
  })
})

it('the real strategies fit: their options are read, explained and in the schema', () => {
  const text = file({
    strategies: `  canary:     { weights: [5, 25, 50], soak: 5m, bake: 15m }
  careful:    { type: canary, weights: [1, 5, pause, 50], soak: 30m }
  blue-green: { bake: 1h }
  rolling:    { batches: [25%, 50%, 100%], bake: 5m }`,
  })
  expect(parseConfig(text, 'deploy.yaml', { strategies: real }).config.strategies).toMatchObject({
    'blue-green': { bake: 3_600_000 },
    careful: { weights: [1, 5, 'pause', 50], soak: 1_800_000 },
  })
  const keys = explainKeys(real).map(({ key }) => key)
  expect(keys).toContain('strategies.blue-green.bake')
})
