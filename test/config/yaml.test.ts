import { describe, expect, it } from 'vitest'
import { file, parse, refusal, refused } from './sample.ts'

describe('YAML that is no configuration is refused', () => {
  it.each([
    ['a key that is there twice', file({ more: 'version: 1' }), '6:1: this key is here twice', 'keep one of them'],
    ['a tab', 'version: 1\nservices:\n\tweb: {}\n', '3:1: a tab indents this line', 'indent with spaces'],
    [
      'a second document',
      `${file()}---\nversion: 1\n`,
      '6:1: a second document starts here',
      'keep one document in this file: remove --- and what follows',
    ],
    [
      'a tag',
      file({ more: 'dns: !Ref x' }),
      '6:6: "!Ref" is a tag that this file cannot use',
      'write the value without a tag',
    ],
    [
      'an alias of nothing',
      file({ strategies: '  canary: *slow' }),
      '7:11: there is no anchor &slow above',
      'define it above, or write the value here',
    ],
    [
      'an alias of what it is in',
      file({ strategies: '  canary: &slow { weights: *slow }' }),
      '7:28: this alias is inside of what it stands for',
      'write the value here',
    ],
    [
      'a key that is a list',
      file({ more: '[a]: 1' }),
      '6:1: this key is not text',
      'write a name, in quotes if need be',
    ],
    [
      'a key of another world',
      file({ more: '__proto__: {}' }),
      '6:1: "__proto__" cannot be a key',
      'choose another name',
    ],
    [
      'a bracket that is not closed',
      'version: 1\nservices: {web: {image: a\nenvironments: {}\n',
      '3:1: not valid YAML: ',
      'mend the YAML here, or just above',
    ],
  ])('%s', (_name, text, what, remedy) => {
    const said = refusal(() => parse(text))
    expect(said).toContain(`deploy.yaml:${what}`)
    expect(said).toContain(`→ ${remedy}`)
  })

  it('a thousand laughs', () => {
    const lines = Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(30)}]`)
    expect(refusal(() => parse(`a0: &a0 [x]\n${lines.join('\n')}\n`))).toContain('more than 200 aliases')
  })

  it('a Kubernetes manifest, also one of several documents', () => {
    expect(refused(() => parse('apiVersion: v1\nkind: Service\n---\nkind: Deployment\n'))).toMatchObject({
      code: 'config-is-manifest',
      what: 'deploy.yaml is a Kubernetes manifest (kind: Service), not a deploy configuration',
      remedy: 'keep it under another name and refer to it: services.<name>.manifests in deploy.yaml',
    })
  })

  it.each(['', '\n\n', '# nothing\n', '---\n', '~'])('nothing at all: %j', (text) => {
    expect(refused(() => parse(text))).toMatchObject({ code: 'config-empty', what: 'deploy.yaml is empty' })
  })

  it('a list', () => {
    expect(refusal(() => parse('- a\n'))).toMatch(/^deploy\.yaml:1:1: a list is not a map\n/)
  })
})

describe('YAML is read as people mean it', () => {
  it('anchors and merge keys count', () => {
    const { config } = parse(
      file({
        services: '  web: &base { image: a/web, manifests: k8s.yaml }\n  api: { <<: *base, image: a/api }',
      }),
    )
    expect(config.services['api']).toEqual({ image: 'a/api', manifests: 'k8s.yaml' })
  })

  it.each(['text', '*text', '[*web, text]', ''])('only maps can be merged in: <<: %s', (merged) => {
    const text = file({
      services: `  web: &web { image: a/web, workload: &text web }\n  api: { <<: ${merged}, image: a/api }`,
    })
    expect(refusal(() => parse(text))).toMatch(/^deploy\.yaml:4:\d+: only a map can be merged in\n/)
  })

  it('a wrong value behind an alias is shown where it was written', () => {
    const text = file({ strategies: '  canary: &slow { soak: 5 }\n  careful: { <<: *slow, type: canary }' })
    expect(refusal(() => parse(text))).toMatch(
      /deploy\.yaml:7:25: strategies\.canary\.soak[^]*deploy\.yaml:7:25: strategies\.careful\.soak/,
    )
  })

  it('Windows line ends and a byte order mark change no place', () => {
    const text = `\uFEFF${file({ more: 'x: 1' })}`.replaceAll('\n', '\r\n')
    expect(refusal(() => parse(text))).toBe(
      'deploy.yaml:6:1: x: unknown key\n  6 | x: 1\n    | ^\n→ known here: version, services, strategies, environments, detach',
    )
  })

  it('a place is known for each value that the file says', () => {
    const { where } = parse(file({ strategies: '  canary:\n    soak: 1m' }))
    expect(where(['strategies', 'canary', 'soak'])).toBe('deploy.yaml:8:11')
    expect(where(['strategies', 'canary', 'bake'])).toBeUndefined()
  })
})
