import { parseQualifiedName } from '@swimlane/docker-reference'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalRepository, referenceOf } from '../../src/config/image.ts'
import { imageFor } from '../../src/config/version.ts'
import { refused } from './sample.ts'

const repository = 'ghcr.io/acme/web'
const digest = `sha256:${'0123456789abcdef'.repeat(4)}`

describe('a version is', () => {
  it.each([
    ['v1.2.3', `${repository}:v1.2.3`],
    ['1.2.3', `${repository}:1.2.3`],
    ['main-4f2a_9.x', `${repository}:main-4f2a_9.x`],
    ['x'.repeat(128), `${repository}:${'x'.repeat(128)}`],
    [digest, `${repository}@${digest}`],
    [`v1@${digest}`, `${repository}:v1@${digest}`],
    [`${repository}:v1`, `${repository}:v1`],
    [`${repository}@${digest}`, `${repository}@${digest}`],
    [`${repository}:v1@${digest}`, `${repository}:v1@${digest}`],
  ])('%s', (version, reference) => {
    expect(imageFor(repository, version)).toMatchObject({ repository, reference })
  })

  it('of the same repository under another spelling', () => {
    expect(imageFor('web', 'docker.io/library/web:v1').reference).toBe('web:v1')
  })
})

describe('a version is not', () => {
  const tagRule = 'a tag has letters, digits, "_", "." and "-", and starts with a letter, a digit or "_"'
  it.each([
    ['', '"" is not a version: it is empty'],
    ['v1 2', `"v1 2" is not a version: ${tagRule}`],
    ['-v1', `"-v1" is not a version: ${tagRule}`],
    ['v1+build', `"v1+build" is not a version: ${tagRule}`],
    ['sha256:123', '"sha256:123" is not a version: a digest is sha256: and 64 digits from 0-9a-f'],
    [
      digest.toUpperCase(),
      `"SHA256:0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123…" is not a version: a digest is sha256: and 64 digits from 0-9a-f`,
    ],
    ['x'.repeat(129), `"${'x'.repeat(59)}…" is not a version: a tag has at most 128 characters`],
    [repository, `"${repository}" is not a version: it names an image and no version of it`],
    ['https://ghcr.io/acme/web:v1', `"https://ghcr.io/acme/web:v1" is not a version: ${tagRule}`],
  ])('%s', (version, what) => {
    expect(refused(() => imageFor(repository, version))).toMatchObject({
      code: 'config-version',
      exit: 'usage',
      what,
      remedy: 'name a tag (v1.2.3), a digest (sha256:…) or a whole image reference',
    })
  })

  it('an image of another repository', () => {
    expect(refused(() => imageFor(repository, 'ghcr.io/acme/api:v1'))).toMatchObject({
      code: 'config-version',
      what: 'version "ghcr.io/acme/api:v1" is an image of ghcr.io/acme/api, the service has ghcr.io/acme/web',
      remedy: 'name the tag only: v1; or change image in deploy.yaml',
    })
  })
})

describe('an image reference', () => {
  const part = fc.stringMatching(/^[a-z0-9]{1,4}((\.|_|__|-{1,3})[a-z0-9]{1,3}){0,2}$/)
  const host = fc.constantFrom('', 'ghcr.io/', 'localhost/', 'localhost:5000/', 'REG/', 'a-b.c:443/')
  const tag = fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,8}$/), { nil: undefined })
  const pin = fc.option(fc.constant(digest), { nil: undefined })

  it('is taken apart as the reference implementation does', () => {
    fc.assert(
      fc.property(host, fc.array(part, { minLength: 1, maxLength: 3 }), tag, pin, (host, parts, tag, digest) => {
        const text = `${host}${parts.join('/')}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
        const theirs = parseQualifiedName(text)
        const ours = referenceOf(text)
        expect(ours).toMatchObject({ repository: `${host}${parts.join('/')}` })
        expect([ours?.tag, ours?.digest]).toEqual([theirs.tag, theirs.digest])
      }),
    )
  })

  it('is refused at once, however long it is', () => {
    const started = performance.now()
    expect(referenceOf(`${'a'.repeat(100_000)}!`)).toBeUndefined()
    expect(referenceOf(`${'a-'.repeat(50_000)}/A`)).toBeUndefined()
    expect(performance.now() - started).toBeLessThan(500)
  })

  it.each([
    '',
    'a//b',
    'a/',
    '/a',
    'a..b',
    'a:',
    'a@',
    'a@sha256:1',
    'a:b:c',
    'a@b@c',
    'A',
    'a b',
    'x:99999999/a',
    '-a',
  ])('%j is none', (text) => {
    expect(referenceOf(text)).toBeUndefined()
  })

  it.each([
    ['web', 'docker.io/library/web'],
    ['acme/web', 'docker.io/acme/web'],
    ['index.docker.io/acme/web', 'docker.io/acme/web'],
    ['localhost/web', 'localhost/web'],
    ['ghcr.io/web', 'ghcr.io/web'],
  ])('%s is known to registries as %s', (written, known) => {
    expect(canonicalRepository(written)).toBe(known)
  })
})
