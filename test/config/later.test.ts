import { describe, expect, it } from 'vitest'
import { file, parse, refused, refusal } from './sample.ts'

const service = (more: string): string => file({ services: `  web: { image: a/web, ${more} }` })
const environment = (more: string): string =>
  file({ environments: `  staging: { ${more}, clusters: [{ context: a }] }` })
const top = (more: string): string => file({ more })

const later: readonly (readonly [key: string, text: string])[] = [
  ['config', service('config: [web]')],
  ['source', service('source: { git: x }')],
  ['validate', service('validate: {}')],
  ['probe', service('traffic: { probe: https://web.example.com/version }')],
  ['freeze', environment('freeze: [Fri 16:00 - Mon 08:00 Europe/Berlin]')],
  ['approvers', environment('approvers: []')],
  ['databases', top('databases: { orders: { rds: x } }')],
  ['dns', top('dns: {}')],
  ['notify', top('notify: []')],
  ['pipelines', top('pipelines: {}')],
  ['approvers', top('approvers: []')],
  ['validate', top('validate: {}')],
]

describe('what arrives later is refused where it stands, never ignored', () => {
  it.each(later)('%s', (key, text) => {
    const lines = text.split('\n')
    const line = lines.findIndex((candidate) => candidate.includes(`${key}:`))
    const column = (lines[line] ?? '').indexOf(`${key}:`) + 1
    const { what, remedy } = refused(() => parse(text))
    expect(what.split('\n')[0]).toMatch(
      new RegExp(`^deploy\\.yaml:${line + 1}:${column}: \\S+: not yet: \\S+ arrives later$`),
    )
    expect(remedy).toMatch(/^remove it/)
  })

  it.each(later)('%s without a value too', (key, text) => {
    const empty = text.replace(new RegExp(`${key}: (\\{[^}]*\\}+|\\[[^\\]]*\\]|[^,}\\n]+)`), `${key}: null`)
    expect(refusal(() => parse(empty))).toContain('not yet:')
  })

  it.each(['istio', 'ingress-nginx', 'traefik'])('the router %s', (router) => {
    expect(refusal(() => parse(service(`traffic: { router: ${router} }`)))).toBe(`\
deploy.yaml:3:43: services.web.traffic.router: not yet: the router ${router} arrives later
  3 |   web: { image: a/web, traffic: { router: ${router} } }
    | ${' '.repeat(42)}${'^'.repeat(router.length)}
→ remove it or use gateway-api, selector or replicas`)
  })

  it('traffic: none', () => {
    expect(refusal(() => parse(service('traffic: none')))).toContain('not yet: traffic: none arrives later')
  })
})
