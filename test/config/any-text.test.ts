import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { DeployError } from '../../src/core/errors.ts'
import { file, release } from './sample.ts'

const good = file({
  services: `  web: &web
    image: ghcr.io/acme/web
    workload: deployment/web
    traffic: { router: gateway-api, route: web, pin: { web-internal: false } }
    hooks:
      before: [{ run: [./smoke.sh, --quick], timeout: 60s, rerun: safe }]
  api: { <<: *web, image: ghcr.io/acme/api }`,
  strategies: `  canary: { weights: [5, 25%, pause, 50], soak: 5m }
  careful: { type: canary, parallel: 3, onFailure: all }
  rolling: { batches: [25%, 100%] }`,
})

const pieces = [
  '\n',
  '  ',
  '\t',
  ': ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '*web',
  '&x ',
  '!!str ',
  '~',
  '0',
  '%',
  '|',
  '#',
  '\0',
  '---\n',
  '__proto__',
  '<<',
  '\u202e',
  'é',
]

/** A good file with a few cuts and things put into it. */
const damaged = fc
  .array(fc.tuple(fc.nat(good.length), fc.nat(12), fc.constantFrom(...pieces)), { maxLength: 4 })
  .map((cuts) => cuts.reduce((text, [at, length, piece]) => text.slice(0, at) + piece + text.slice(at + length), good))

/** Either it is understood or it is refused with a place and a remedy: never a stack. */
function isAnswered(text: string): void {
  try {
    release(text, { service: 'web', env: 'staging' })
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    expect(error.code).toMatch(/^config-/)
    expect(error.remedy).not.toBe('')
    expect(error.what.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  }
}

it('a good file with any damage is understood or refused', () => {
  fc.assert(fc.property(damaged, isAnswered), { numRuns: 200 })
})

it('any text is understood or refused', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), isAnswered), { numRuns: 100 })
})

it('the undamaged file is understood', () => {
  expect(release(good, { service: 'api', strategy: 'careful' })).toMatchObject({
    image: { reference: 'ghcr.io/acme/api:v1.2.3' },
    policy: { parallel: 3, onFailure: 'all' },
  })
})
