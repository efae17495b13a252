import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../../src/config/load.ts'
import { DeployError } from '../../../src/core/errors.ts'
import { podConfigOf } from '../../../src/cli/detach/config.ts'
import { strategies } from '../../../strategies/index.ts'
import { planOf, type PlanWish } from '../../support/plans.ts'

interface Written {
  readonly service?: string
  readonly detach?: string
  readonly clusters?: string
}

const file = ({ service = '', detach = '', clusters = '{ name: us-east-1, context: use1 }' }: Written): string =>
  [
    'version: 1',
    'services:',
    `  web: { image: ghcr.io/acme/web${service} }`,
    '  api: { image: ghcr.io/acme/api }',
    'environments:',
    `  production: { clusters: [${clusters}] }`,
    '  staging: { clusters: [{ context: staging }] }',
    ...(detach === '' ? [] : [`detach: { ${detach} }`]),
    '',
  ].join('\n')

const inPod = (written: Written, wish: PlanWish = {}): string =>
  podConfigOf(planOf(wish), parseConfig(file(written), 'deploy.yaml', { strategies }), 'us-east-1')

const refusal = (act: () => unknown): string => {
  try {
    act()
    return 'nothing'
  } catch (error) {
    return error instanceof DeployError ? `${error.code}: ${error.what}` : String(error)
  }
}

const two = '{ name: us-east-1, context: use1 }, { name: eu-west-1, context: euw1 }'
const both: PlanWish = { clusters: ['us-east-1', 'eu-west-1'] }

describe('deploy.yaml inside of a pod', () => {
  it('reaches the cluster around by the service account, and loads', () => {
    const { config } = parseConfig(inPod({}), 'deploy.yaml', { strategies })
    expect(config.environments['production']?.clusters).toEqual([{ name: 'us-east-1', inCluster: true }])
  })

  it('has nothing of other services and environments', () => {
    const { config } = parseConfig(inPod({}), 'deploy.yaml', { strategies })
    expect(Object.keys(config.services)).toEqual(['web'])
    expect(Object.keys(config.environments)).toEqual(['production'])
  })

  it('reaches other clusters by kubeconfigs of a Secret', () => {
    const text = inPod({ clusters: two, detach: 'kubeconfigs: deploy-kubeconfigs' }, both)
    const { config } = parseConfig(text, 'deploy.yaml', { strategies })
    expect(config.environments['production']?.clusters[1]).toEqual({
      name: 'eu-west-1',
      context: 'euw1',
      kubeconfig: '/etc/deploy/kubeconfigs/eu-west-1',
    })
  })

  it.each<[string, Written, PlanWish, string]>([
    ['another cluster', { clusters: two }, both, 'nothing inside of us-east-1 reaches cluster eu-west-1'],
    [
      'a hook of the checkout',
      {},
      { hooks: { after: [{ argv: ['./smoke.sh'], timeout: 1000, sha256: 'b'.repeat(64) }] } },
      'the hook ./smoke.sh is a file of this checkout',
    ],
    [
      'a file with a secret',
      {
        service:
          ', metrics: { source: prometheus, url: "https://p", auth: { bearer: "file:token" }, requests: r, errors: code="5" }',
      },
      {},
      'services.web.metrics.auth.bearer is a file of this machine',
    ],
  ])('is refused where a Job could not have %s', (_, written, wish, says) => {
    expect(refusal(() => inPod(written, wish))).toBe(`detach-impossible: can't be detached: ${says}`)
  })

  it('leaves programs that the image may have to the image', () => {
    expect(refusal(() => inPod({}, { hooks: { after: [{ argv: ['curl', 'x'], timeout: 1000 }] } }))).toBe('nothing')
  })
})
