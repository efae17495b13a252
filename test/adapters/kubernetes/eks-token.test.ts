import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { eksLoginOf, eksToken } from '../../../src/adapters/kubernetes/eks-token.ts'
import type { Env } from '../../../src/adapters/kubernetes/kubeconfig.ts'
import { connectEks } from '../../../src/adapters/kubernetes/connect.ts'
import { call, failureOf, scratch } from './support/connected.ts'
import { fakeApi } from './support/fake-api.ts'
import { pod } from './support/objects.ts'

const now = Date.UTC(2026, 0, 2, 3, 4, 5)
const clock = { now: () => now, elapsed: () => now, sleep: () => Promise.resolve() }
const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const login = { cluster: 'prod-web', region: 'us-east-1' }

const fetchWith = (env: Env, of: Parameters<typeof eksToken>[0] = login) =>
  eksToken(of, {
    env: { HOME: '/nonexistent', ...env },
    clock,
    otherwise: () => Promise.resolve({ token: 'by the plugin' }),
  })()

const urlIn = (token = ''): URL => new URL(Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString())

describe('a token for EKS', () => {
  // Signatures made by botocore 1.4x (SigV4QueryAuth) for the same keys, time and header.
  it.each([
    [{}, '867bfb8a1a703c303f106cbad6824ed7e5c5d66223e85f36f57193ed65768069'],
    [{ AWS_SESSION_TOKEN: 'session/token==' }, '98c4f21fc009656ba6355026f7192a2edc8c196913cb8da76f5735b68dd6c753'],
  ])('is signed as the AWS CLI signs it (%o)', async (more, signature) => {
    const { token, expires } = await fetchWith({ ...keys, ...more })
    const url = urlIn(token)
    expect(url.searchParams.get('X-Amz-Signature')).toBe(signature)
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('host;x-k8s-aws-id')
    expect(url.host).toBe('sts.us-east-1.amazonaws.com')
    expect(token).not.toMatch(/[+/=]/)
    expect(expires).toBe(now + 15 * 60_000)
  })

  it('takes keys and region of a profile in the shared files', async () => {
    const home = await scratch()
    await mkdir(join(home, '.aws'))
    await writeFile(join(home, '.aws', 'config'), '[profile prod]\nregion = eu-west-1\n')
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = keys
    await writeFile(
      join(home, '.aws', 'credentials'),
      `[prod]\naws_access_key_id=${id}\naws_secret_access_key = ${secret}\n`,
    )
    const url = urlIn((await fetchWith({ HOME: home }, { cluster: 'c', profile: 'prod' })).token)
    expect(url.host).toBe('sts.eu-west-1.amazonaws.com')
    expect(url.searchParams.get('X-Amz-Credential')).toMatch(/^AKIDEXAMPLE\//)
  })

  it.each([
    ['keys', {}, login],
    ['a region', keys, { cluster: 'prod-web' }],
    ['the keys of the profile', keys, { ...login, profile: 'sso' }],
  ])('is left to the plugin without %s', async (_what, env, of) => {
    expect(await fetchWith(env, of)).toEqual({ token: 'by the plugin' })
  })

  it('is left to the plugin when the profile switches its role', async () => {
    const home = await scratch()
    await mkdir(join(home, '.aws'))
    await writeFile(
      join(home, '.aws', 'config'),
      '[default]\nregion=eu-west-1\naws_access_key_id=a\naws_secret_access_key=b\nrole_arn=arn:aws:iam::1:role/x\n',
    )
    expect(await fetchWith({ HOME: home }, { cluster: 'c' })).toEqual({ token: 'by the plugin' })
  })
})

describe('an EKS cluster', () => {
  it('is connected to without a kubeconfig, by a signed token', async () => {
    await using api = await fakeApi(() => ({ body: pod('a', 1) }))
    const ca = Buffer.from(api.ca).toString('base64')
    await using cluster = connectEks({ ...login, name: 'east', server: api.url, ca, env: keys, clock, version: '1' })
    await cluster.get({ kind: 'Pod', namespace: 'web', name: 'a' }, call)
    expect(
      urlIn(api.asked[0]?.headers.authorization?.replace('Bearer ', '')).searchParams.get('X-Amz-Signature'),
    ).toMatch(/^[0-9a-f]{64}$/)
  })

  it('as another role, is left to the AWS CLI, and says so when that is missing', async () => {
    const server = 'https://127.0.0.1:1'
    await using cluster = connectEks({
      ...login,
      role: 'arn:aws:iam::1:role/x',
      name: 'east',
      server,
      ca: '',
      env: { ...keys, PATH: '/nonexistent' },
      clock,
      version: '1',
    })
    expect(await failureOf(cluster.get({ kind: 'Pod', namespace: 'web', name: 'a' }, call))).toMatchObject({
      code: 'kube-unauthorized',
      why: 'aws is not installed, or not in PATH',
      remedy: expect.stringMatching(/^install the AWS CLI: /) as string,
    })
  })
})

describe('the plugins for EKS', () => {
  const exec = (command: string, args: string[], env: { name: string; value: string }[] = []) => ({
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    command,
    args,
    env,
  })
  it.each([
    [
      exec('aws', ['--region', 'eu-west-1', 'eks', 'get-token', '--cluster-name', 'c']),
      { cluster: 'c', region: 'eu-west-1' },
    ],
    [
      exec('/usr/local/bin/aws', ['eks', 'get-token', '--cluster-name=c', '--profile', 'p']),
      { cluster: 'c', profile: 'p' },
    ],
    [
      exec('aws', ['eks', 'get-token', '--cluster-name', 'c'], [{ name: 'AWS_PROFILE', value: 'p' }]),
      { cluster: 'c', profile: 'p' },
    ],
    [exec('aws-iam-authenticator', ['token', '-i', 'c']), { cluster: 'c' }],
    [exec('aws-iam-authenticator', ['token', '-i', 'c', '-r', 'arn']), null],
    [exec('aws', ['eks', 'get-token', '--cluster-name', 'c', '--role-arn', 'arn']), null],
    [exec('aws', ['sts', 'get-caller-identity']), null],
    [exec('gke-gcloud-auth-plugin', []), null],
  ])('are known by their arguments: %o', (of, expected) => {
    expect(eksLoginOf(of)).toEqual(expected)
  })
})
