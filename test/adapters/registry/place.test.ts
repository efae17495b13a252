import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { challengeIn } from '../../../src/adapters/registry/challenge.ts'
import { dockerCredentials } from '../../../src/adapters/registry/credentials.ts'
import { placeOf } from '../../../src/adapters/registry/place.ts'

it.each([
  ['web', 'https://registry-1.docker.io/v2/library/web/manifests/latest'],
  ['acme/web:v1', 'https://registry-1.docker.io/v2/acme/web/manifests/v1'],
  ['docker.io/web:v1', 'https://registry-1.docker.io/v2/library/web/manifests/v1'],
  ['index.docker.io/acme/web:v1', 'https://registry-1.docker.io/v2/acme/web/manifests/v1'],
  ['ghcr.io/acme/team/web:v1', 'https://ghcr.io/v2/acme/team/web/manifests/v1'],
  ['registry.example:5000/web:v1', 'https://registry.example:5000/v2/web/manifests/v1'],
  ['localhost:5000/web:v1', 'http://localhost:5000/v2/web/manifests/v1'],
  ['127.0.0.1:5000/web:v1', 'http://127.0.0.1:5000/v2/web/manifests/v1'],
  ['127.0.0.1.evil.example/web:v1', 'https://127.0.0.1.evil.example/v2/web/manifests/v1'],
])('the manifest of %s is at %s', (image, url) => {
  expect(placeOf(image).manifest.href).toBe(url)
})

it.each([
  ['registry-1.docker.io', 'https://index.docker.io/v1/'],
  ['ghcr.io', 'ghcr.io'],
  ['ghcr.io', 'https://ghcr.io'],
  ['localhost:5000', 'localhost:5000'],
])('the account for %s is the one kept as %s', async (host, key) => {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-registry-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const auths = { [key]: { username: 'me', password: 'secret' }, 'other.example': { auth: 'eDp5' } }
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths }))
  const credentials = await dockerCredentials({ DOCKER_CONFIG: folder })
  expect(credentials(host)).toBe(`Basic ${Buffer.from('me:secret').toString('base64')}`)
  expect(credentials('ghcr.io.evil.example')).toBeNull()
})

it.each([
  [['Bearer realm="https://a/t",service="s",scope="x:y:pull,push"'], { realm: 'https://a/t', scope: 'x:y:pull,push' }],
  [['bearer realm=https://a/t'], { scheme: 'bearer', realm: 'https://a/t' }],
  [['Basic realm="x"', 'Bearer realm="https://a/t"'], { scheme: 'bearer' }],
  [['Basic realm="x"'], { scheme: 'basic' }],
])('the challenge %j is understood', (headers, challenge) => {
  expect(challengeIn(headers)).toMatchObject(challenge)
})

it.each([[[]], [['Negotiate']], [['Bearer service="s"']], [['']]])('the challenge %j is not', (headers) => {
  expect(challengeIn(headers)).toBeNull()
})
