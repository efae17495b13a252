import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { certificate } from '../adapters/kubernetes/support/certificate.ts'
import { kubeconfigFile } from '../adapters/kubernetes/support/connected.ts'
import { status } from '../adapters/kubernetes/support/objects.ts'
import { partsOf, said } from './support/deploy.ts'
import { project, usual } from './support/project.ts'
import { server, type ServerOf } from './support/server.ts'

interface Case {
  readonly wrong: string
  readonly config?: string
  readonly server?: Partial<ServerOf>
  readonly exit: number
  /** What is wrong and where; then what to do. */
  readonly says: readonly [RegExp, RegExp]
}

const traffic = (text: string): string => usual.replace('acme/web }', `acme/web, traffic: { ${text} } }`)
const unauthorized = () => status(401, 'Unauthorized', 'Unauthorized')
const forbidden =
  'deployments.apps "web" is forbidden: User "ci" cannot get resource "deployments" in API group "apps" in the namespace "web"'
const tokenOf2023 = `x.${Buffer.from(JSON.stringify({ exp: 1_700_000_000 })).toString('base64url')}.x`

const cases: readonly Case[] = [
  {
    wrong: 'an unknown context',
    config: usual.replace('context: lab', 'context: lap'),
    exit: 2,
    says: [/context lap is not in \/.*config .* it has contexts lab/, /did you mean lab\?/],
  },
  {
    wrong: 'an expired token',
    server: { user: { token: tokenOf2023 }, instead: unauthorized },
    exit: 21,
    says: [/cluster east \(https:.*\) does not accept .* user admin .* expired at 2023-11-14/, /log in again/],
  },
  {
    wrong: 'a token that is not known',
    server: { instead: unauthorized },
    exit: 21,
    says: [/does not accept the credential of user admin/, /kubectl auth whoami --context lab/],
  },
  {
    wrong: 'the wrong authority',
    server: { ca: certificate().cert },
    exit: 21,
    says: [/cluster east .* a certificate that the CA of the kubeconfig did not sign/, /certificate-authority-data/],
  },
  {
    wrong: 'no right to look',
    server: {
      instead: ({ path }) => (path.endsWith('/deployments/web') ? status(403, 'Forbidden', forbidden) : null),
    },
    exit: 21,
    says: [
      /user ci may not get deployments\.apps in namespace web of cluster east/,
      /kubectl auth can-i get deployments\.apps -n web --context lab/,
    ],
  },
  {
    wrong: 'no Deployment',
    server: { without: ['Deployment'] },
    exit: 21,
    says: [/deployment web is not in namespace web/, /kubectl -n web apply -f <manifests of web, with v2>/],
  },
  {
    wrong: 'no Service',
    server: { without: ['Service'] },
    exit: 21,
    says: [/service web is not in namespace web/, /kubectl -n web apply -f <manifest of service web>/],
  },
  {
    wrong: 'neither Service nor route',
    server: { without: ['Service', 'HTTPRoute'] },
    exit: 21,
    says: [/service web is not in namespace web/, /kubectl -n web apply -f <manifest of service web>/],
  },
  {
    wrong: 'no route',
    server: { without: ['HTTPRoute'] },
    config: traffic('router: gateway-api'),
    exit: 21,
    says: [/router gateway-api finds nothing .* to service web in namespace web/, /traffic: .*; or use .* rolling/],
  },
  {
    wrong: 'a route of another name',
    config: traffic('router: gateway-api, route: wbe'),
    exit: 21,
    says: [/router gateway-api finds no route wbe in namespace web/, /name the route in deploy\.yaml/],
  },
  {
    wrong: 'no container with the image of the service',
    config: usual.replace('acme/web', 'acme/shop'),
    exit: 21,
    says: [
      /no container has an image of localhost:1\/acme\/shop: app has localhost:1\/acme\/web:v1/,
      /correct image in deploy\.yaml/,
    ],
  },
]

describe('what is refused when a cluster was looked at', () => {
  it.for(cases)('$wrong', async ({ exit, says, server: like, config }, { expect }) => {
    const { kubeconfig, mutations } = await server(like)
    const ended = await said(['canary', 'v2'], { cwd: await project(config ? { config } : {}), kubeconfig })
    expect(partsOf(ended)).toEqual({
      exit,
      stdout: '',
      what: expect.stringMatching(says[0]),
      remedy: expect.stringMatching(says[1]),
    })
    expect(mutations()).toEqual([])
  })

  it('says of a missing Deployment nothing else', async ({ expect }) => {
    const { kubeconfig } = await server({ without: ['Deployment'] })
    const { what } = partsOf(await said(['canary', 'v2'], { cwd: await project(), kubeconfig }))
    expect(what).not.toMatch(/container/)
  })
})

describe('a cluster that cannot be asked', () => {
  it('because its kubeconfig is a folder, or no YAML', async ({ expect }) => {
    const cwd = await project()
    await writeFile(join(cwd, 'broken'), 'clusters: [')
    expect(partsOf(await said(['canary', 'v2'], { cwd, kubeconfig: cwd }))).toEqual({
      exit: 2,
      stdout: '',
      what: expect.stringMatching(/kubeconfig \/.* cannot be read \(EISDIR\)/),
      remedy: expect.stringMatching(/make it readable for you: ls -l \//),
    })
    expect(partsOf(await said(['canary', 'v2'], { cwd, kubeconfig: join(cwd, 'broken') }))).toEqual({
      exit: 2,
      stdout: '',
      what: expect.stringMatching(/kubeconfig \/.*broken is not valid: .* line 1/),
      remedy: expect.stringMatching(/mend the file/),
    })
  })

  it('because nothing listens there', async ({ expect }) => {
    const kubeconfig = await kubeconfigFile({ server: 'https://127.0.0.1:1' })
    expect(partsOf(await said(['canary', 'v2'], { cwd: await project(), kubeconfig }))).toEqual({
      exit: 21,
      stdout: '',
      what: expect.stringMatching(/nothing listens at cluster east \(https:\/\/127\.0\.0\.1:1\)/),
      remedy: expect.stringMatching(/check the address/),
    })
  })
})
