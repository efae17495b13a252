import { describe, expect, it } from 'vitest'
import type { DeployError } from '../../../src/core/errors.ts'
import { toDeployError } from '../../../src/adapters/kubernetes/errors.ts'
import type { About, Failure, Peer } from '../../../src/adapters/kubernetes/failure.ts'
import { printable } from '../../../src/adapters/kubernetes/text.ts'
import { certificate } from './support/certificate.ts'
import { call, failureOf, scene } from './support/connected.ts'
import { pod, status } from './support/objects.ts'

const peer: Peer = { name: 'east', server: 'https://10.0.0.1:6443', context: 'prod', user: 'ann', proxy: null }
const patch: About = { verb: 'patch', object: { kind: 'Deployment', namespace: 'web', name: 'web' } }

const answered = (code: number, reason: string, message: string, details: object = {}): Failure => ({
  kind: 'answer',
  status: code,
  contentType: 'application/json',
  retryAfter: null,
  body: JSON.stringify(status(code, reason, message, details).body),
})
const page = (code: number, body: string): Failure => ({
  kind: 'answer',
  status: code,
  contentType: 'text/html; charset=utf-8',
  retryAfter: null,
  body,
})
const broken = (code: string, message = 'x'): Failure => ({
  kind: 'broken',
  error: Object.assign(new Error(message), { code }),
})

const words = ({ code, what, why, remedy, exit }: DeployError) => ({ code, what, why, remedy, exit })
const said = (failure: Failure, about = patch, of = peer) => words(toDeployError(failure, about, of))

describe('what the API server answers', () => {
  it('401 says whose credential, why when it can, and what shows it', () => {
    const expired = { ...peer, expired: () => 'the token expired at 2026-01-01T00:00:00.000Z' }
    expect(said(answered(401, 'Unauthorized', 'Unauthorized'), patch, expired)).toEqual({
      code: 'kube-unauthorized',
      what: 'cluster east (https://10.0.0.1:6443) does not accept the credential of user ann',
      why: 'the token expired at 2026-01-01T00:00:00.000Z',
      remedy: 'log in again; then this should name you: kubectl auth whoami --context prod',
      exit: 'refused',
    })
  })

  it('403 says who may not do what, and where', () => {
    const message =
      'deployments.apps "web" is forbidden: User "system:serviceaccount:ci:deploy" cannot patch resource "deployments" in API group "apps" in the namespace "web"'
    expect(said(answered(403, 'Forbidden', message))).toEqual({
      code: 'kube-forbidden',
      what: 'user system:serviceaccount:ci:deploy may not patch deployments.apps in namespace web of cluster east (https://10.0.0.1:6443)',
      why: message,
      remedy:
        'grant it with a Role and RoleBinding; check it with: kubectl auth can-i patch deployments.apps -n web --context prod',
      exit: 'refused',
    })
  })

  it('403 at cluster scope and for a subresource too', () => {
    const nodes = 'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope'
    expect(said(answered(403, 'Forbidden', nodes)).what).toBe(
      'user jane may not list nodes in the whole cluster of cluster east (https://10.0.0.1:6443)',
    )
    expect(said(answered(403, 'Forbidden', nodes)).remedy).toContain('ClusterRole and ClusterRoleBinding')
    const log =
      'pods "x" is forbidden: User "jane" cannot get resource "pods/log" in API group "" in the namespace "default"'
    expect(said(answered(403, 'Forbidden', log)).remedy).toContain('kubectl auth can-i get pods/log -n default')
  })

  it('403 by a quota or a policy is not a missing permission', () => {
    const message =
      'pods "web-1" is forbidden: exceeded quota: team, requested: pods=1, used: pods=10, limited: pods=10'
    expect(said(answered(403, 'Forbidden', message))).toMatchObject({
      code: 'kube-forbidden',
      what: 'cluster east (https://10.0.0.1:6443) refused: patch deployment/web in namespace web',
      why: message,
      remedy: 'mend what it names (a quota, a policy, a webhook, the namespace), then try again',
    })
  })

  it('404 tells an object from a kind that the server does not know', () => {
    const none = answered(404, 'NotFound', 'deployments.apps "web" not found', {
      name: 'web',
      group: 'apps',
      kind: 'deployments',
    })
    expect(said(none)).toMatchObject({
      code: 'kube-not-found',
      what: 'it does not exist: patch deployment/web in namespace web of cluster east (https://10.0.0.1:6443)',
      remedy: 'see what is there: kubectl get deployments.apps -n web --context prod',
    })
    const route: About = { verb: 'list', object: { kind: 'HTTPRoute', namespace: 'web' } }
    const unknown = {
      kind: 'answer',
      status: 404,
      contentType: 'text/plain',
      retryAfter: null,
      body: '404 page not found\n',
    } as const
    expect(said(unknown, route)).toMatchObject({
      code: 'kube-not-found',
      what: 'cluster east (https://10.0.0.1:6443) does not know HTTPRoute (gateway.networking.k8s.io/v1)',
      remedy: 'see what it serves: kubectl api-resources --api-group=gateway.networking.k8s.io --context prod',
    })
  })

  it('404 for a namespace names it', () => {
    const failure = answered(404, 'NotFound', 'namespaces "wbe" not found', { name: 'wbe', kind: 'namespaces' })
    expect(said(failure)).toMatchObject({
      what: 'namespace wbe does not exist: patch deployment/web in namespace web of cluster east (https://10.0.0.1:6443)',
      remedy: 'see what is there: kubectl get namespaces --context prod',
    })
  })

  it('409 tells what exists from what somebody else changed', () => {
    expect(said(answered(409, 'AlreadyExists', 'services "web-canary" already exists'))).toMatchObject({
      code: 'kube-exists',
      what: 'it exists already: patch deployment/web in namespace web of cluster east (https://10.0.0.1:6443)',
    })
    const causes = [
      { reason: 'FieldManagerConflict', message: 'conflict with "helm" using apps/v1', field: '.spec.replicas' },
    ]
    expect(said(answered(409, 'Conflict', 'Apply failed with 1 conflict', { causes }))).toMatchObject({
      code: 'kube-conflict',
      what: 'somebody else changed it at the same time: patch deployment/web in namespace web of cluster east (https://10.0.0.1:6443)',
      why: 'Apply failed with 1 conflict; .spec.replicas: conflict with "helm" using apps/v1',
    })
  })

  it('422 tells a patch that cannot be done from what is not valid', () => {
    // Word for word what kube-apiserver 1.36 says of a failed `test`, and of any other patch that it cannot do.
    expect(
      said(answered(422, 'Invalid', 'the server rejected our request due to an error in our request')),
    ).toMatchObject({
      code: 'kube-invalid',
      what: 'it is not as the patch expects: patch deployment/web in namespace web of cluster east (https://10.0.0.1:6443)',
    })
    const causes = [{ message: 'Invalid value: -1: must be greater than or equal to 0', field: 'spec.replicas' }]
    const message =
      'Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0'
    expect(said(answered(422, 'Invalid', message, { name: 'web', kind: 'Deployment', causes }))).toMatchObject({
      code: 'kube-invalid',
      what: 'cluster east (https://10.0.0.1:6443) does not accept it: patch deployment/web in namespace web',
      why: message,
    })
  })

  it('422 does not repeat a whole object, with what may be in it', () => {
    const value = JSON.stringify(
      JSON.stringify({ env: [{ name: 'DB_PASSWORD', value: 'hunter2' }], more: 'x'.repeat(100) }),
    )
    const failure = answered(422, 'Invalid', `"" is invalid: patch: Invalid value: ${value}: strict decoding error`, {
      causes: [],
    })
    expect(said(failure).why).toBe('"" is invalid: patch: Invalid value: …: strict decoding error')
  })

  it('429 says how long the server asks to wait', () => {
    const failure = { ...answered(429, 'TooManyRequests', 'too many requests'), retryAfter: 5000 } as Failure
    expect(said(failure)).toMatchObject({
      code: 'kube-throttled',
      what: 'cluster east (https://10.0.0.1:6443) has too much to do and turned us away several times; it asks to wait 5 s: patch deployment/web in namespace web',
    })
  })

  it('5xx says what ails it', () => {
    expect(
      said(answered(500, 'InternalError', 'Internal error occurred: failed calling webhook "v.example.com": timeout')),
    ).toEqual({
      code: 'kube-unavailable',
      what: 'cluster east (https://10.0.0.1:6443) failed with status 500: patch deployment/web in namespace web',
      why: 'Internal error occurred: failed calling webhook "v.example.com": timeout',
      remedy: "see what ails it: kubectl get --raw '/readyz?verbose' --context prod",
      exit: 'refused',
    })
  })

  it('a web page is a proxy, whatever its status', () => {
    const login = '<!doctype html><html><head><title>Sign in to Acme</title></head></html>'
    expect(said(page(200, login))).toMatchObject({
      code: 'kube-protocol',
      what: 'cluster east (https://10.0.0.1:6443) answered with a web page (status 200, “Sign in to Acme”), not with the Kubernetes API',
      why: 'a proxy or load balancer answered in its place',
    })
    expect(said(page(502, '<html>Bad gateway</html>')).code).toBe('kube-unavailable')
    expect(said(page(403, login)).code).toBe('kube-protocol')
  })

  it('any other status is not expected', () => {
    expect(said(answered(302, '', ''))).toMatchObject({
      code: 'kube-protocol',
      what: 'cluster east (https://10.0.0.1:6443) answered with status 302, which we do not expect: patch deployment/web in namespace web',
    })
  })
})

describe('what the network does', () => {
  it.each([
    ['ENOTFOUND', 'kube-dns', 'the name of cluster east (https://10.0.0.1:6443) cannot be resolved'],
    ['EAI_AGAIN', 'kube-dns', 'the name of cluster east (https://10.0.0.1:6443) cannot be resolved'],
    ['ECONNREFUSED', 'kube-refused', 'nothing listens at cluster east (https://10.0.0.1:6443)'],
    [
      'UND_ERR_CONNECT_TIMEOUT',
      'kube-timeout',
      'cluster east (https://10.0.0.1:6443) cannot be reached: no answer from 10.0.0.1:6443',
    ],
    [
      'UND_ERR_HEADERS_TIMEOUT',
      'kube-timeout',
      'cluster east (https://10.0.0.1:6443) did not answer: patch deployment/web in namespace web',
    ],
    [
      'ECONNRESET',
      'kube-unavailable',
      'the connection to cluster east (https://10.0.0.1:6443) broke: patch deployment/web in namespace web',
    ],
    ['CERT_HAS_EXPIRED', 'kube-tls', 'cluster east (https://10.0.0.1:6443) has a certificate that expired'],
    [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'kube-tls',
      'cluster east (https://10.0.0.1:6443) has a certificate that the CA of the kubeconfig did not sign',
    ],
    [
      'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
      'kube-tls',
      'cluster east (https://10.0.0.1:6443) does not accept the client certificate',
    ],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'kube-tls', 'cluster east (https://10.0.0.1:6443) does not speak TLS as we do'],
  ])('%s is %s', (code, expected, what) => {
    expect(said(broken(code))).toMatchObject({ code: expected, what, exit: 'refused' })
    expect(said(broken(code)).remedy).toBeTruthy()
  })

  it('a failed race for several addresses has the code of its parts', () => {
    const error = new AggregateError([Object.assign(new Error('a'), { code: 'ECONNREFUSED' })])
    expect(said({ kind: 'broken', error }).code).toBe('kube-refused')
  })

  it('a proxy is named, without its password', () => {
    const failure = broken('ECONNREFUSED')
    expect(said(failure, patch, { ...peer, proxy: 'http://me:secret@proxy:3128' }).what).toBe(
      'nothing listens at cluster east (https://10.0.0.1:6443) through the proxy http://proxy:3128',
    )
  })

  it('no answer in time', () => {
    expect(said({ kind: 'late', after: 30_000 })).toMatchObject({
      code: 'kube-timeout',
      what: 'cluster east (https://10.0.0.1:6443) did not answer within 30 s: patch deployment/web in namespace web',
      remedy: 'see whether it answers at all: kubectl get --raw /readyz --context prod',
    })
  })
})

describe('against real sockets', () => {
  const get = (cluster: { get: (ref: never, of: typeof call) => Promise<unknown> }) =>
    failureOf(cluster.get({ kind: 'Pod', namespace: 'web', name: 'a' } as never, call))
  const fine = () => ({ body: pod('a', 1) })

  it('a CA of another cluster', async () => {
    const other = Buffer.from(certificate().cert).toString('base64')
    const { cluster } = await scene(fine, { cluster: { 'certificate-authority-data': other } })
    expect(await get(cluster)).toMatchObject({
      code: 'kube-tls',
      what: expect.stringContaining('did not sign') as string,
    })
  })

  it('an expired certificate', async () => {
    const pem = certificate({ from: new Date('2020-01-01'), to: new Date('2021-01-01') })
    const { cluster } = await scene(fine, { pem })
    expect(await get(cluster)).toMatchObject({
      code: 'kube-tls',
      what: expect.stringContaining('certificate that expired') as string,
    })
  })

  it('a certificate for another name, and tls-server-name that mends it', async () => {
    const pem = certificate({ dns: ['api.internal'], ip: [10, 9, 9, 9] })
    const { cluster } = await scene(fine, { pem })
    expect(await get(cluster)).toMatchObject({
      code: 'kube-tls',
      what: expect.stringContaining('certificate for other names') as string,
      why: expect.stringContaining('10.9.9.9') as string,
    })
    const mended = await scene(fine, { pem, cluster: { 'tls-server-name': 'api.internal' } })
    await mended.cluster.get({ kind: 'Pod', namespace: 'web', name: 'a' }, call)
  })

  it('insecure-skip-tls-verify takes any certificate', async () => {
    const { cluster } = await scene(fine, {
      cluster: { 'insecure-skip-tls-verify': true, 'certificate-authority-data': undefined },
    })
    await cluster.get({ kind: 'Pod', namespace: 'web', name: 'a' }, call)
  })

  it('a port where nothing listens', async () => {
    const { cluster, api } = await scene(fine)
    await api[Symbol.asyncDispose]()
    expect(await get(cluster)).toMatchObject({ code: 'kube-refused' })
  })

  it('a name that nobody knows', async () => {
    const { cluster } = await scene(fine, { cluster: { server: 'https://api.does-not-exist.invalid' } })
    expect(await get(cluster)).toMatchObject({ code: 'kube-dns' })
  })

  it('a page in the place of an object', async () => {
    const { cluster } = await scene(() => ({
      headers: { 'content-type': 'text/html' },
      body: '<title>Sign in</title>',
    }))
    expect(await get(cluster)).toMatchObject({
      code: 'kube-protocol',
      what: expect.stringContaining('answered with a web page (status 200, “Sign in”)') as string,
    })
  })

  it('an answer that is not JSON', async () => {
    const { cluster } = await scene(() => ({ body: 'hello' }))
    expect(await get(cluster)).toMatchObject({
      code: 'kube-protocol',
      what: expect.stringContaining('sent what is not a JSON object: get pod/a in namespace web') as string,
    })
  })

  it('an expired token is named as the reason', async () => {
    const claims = Buffer.from(JSON.stringify({ exp: 1_700_000_000 })).toString('base64url')
    const { cluster } = await scene(() => status(401, 'Unauthorized', 'Unauthorized'), {
      user: { token: `e30.${claims}.sig` },
    })
    expect(await get(cluster)).toMatchObject({
      code: 'kube-unauthorized',
      why: 'the token expired at 2023-11-14T22:13:20.000Z',
    })
  })

  it('an expired client certificate too', async () => {
    const pem = certificate({ from: new Date('2020-01-01'), to: new Date('2021-01-01') })
    const data = (text: string) => Buffer.from(text).toString('base64')
    const user = { 'client-certificate-data': data(pem.cert), 'client-key-data': data(pem.key) }
    const { cluster } = await scene(() => status(401, 'Unauthorized', 'Unauthorized'), { user })
    expect(await get(cluster)).toMatchObject({ why: 'the client certificate expired at 2021-01-01T00:00:00.000Z' })
  })
})

describe('no message', () => {
  it.each([
    ['Authorization: Bearer abcdefghijkl', 'Authorization: [hidden]'],
    ['token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln rest', 'token [hidden] rest'],
    ['k8s-aws-v1.aHR0cHM6Ly9zdHM x', '[hidden] x'],
    ['url?X-Amz-Signature=abc&a=b', 'url?[hidden]&a=b'],
    ['-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY----- x', '[hidden] x'],
  ])('shows a secret: %s', (text, shown) => {
    expect(printable(text)).toBe(shown)
  })

  it('moves the cursor of a terminal', () => {
    expect(printable('a\x1b]0;owned\x07\r\nb')).toBe('a\\x1b]0;owned\\x07 b')
  })
})
