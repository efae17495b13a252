import { describe, expect, it } from 'vitest'
import type { PodTemplate } from '../../src/core/objects.ts'
import { imageIn, releaseTemplate, unlabelled, versionOf } from '../../src/core/template.ts'

describe('an image reference', () => {
  it.each([
    ['ghcr.io/acme/web:v1', 'ghcr.io/acme/web', 'v1'],
    ['ghcr.io/acme/web:v1@sha256:0123456789abcdef', 'ghcr.io/acme/web', 'v1'],
    ['ghcr.io/acme/web@sha256:0123456789abcdef', 'ghcr.io/acme/web', 'sha256:0123456789ab'],
    ['localhost:5000/web', 'localhost:5000/web', 'latest'],
    ['localhost:5000/web:v2', 'localhost:5000/web', 'v2'],
    ['nginx', 'nginx', 'latest'],
  ])('%s has repository %s and version %s', (image, repository, version) => {
    const template = { spec: { containers: [{ name: 'app', image }] } }
    expect([imageIn(template, repository), versionOf(image)]).toEqual([image, version])
  })
})

const base: PodTemplate = {
  metadata: { labels: { app: 'web' }, annotations: { team: 'shop' } },
  spec: {
    containers: [
      { name: 'app', image: 'acme/web:v1', env: [] },
      { name: 'proxy', image: 'envoy:1' },
      { name: 'worker', image: 'acme/web:v0' },
    ],
    initContainers: [{ name: 'migrate', image: 'acme/web@sha256:00' }],
    nodeSelector: { zone: 'a' },
  },
}

describe('the template of a release', () => {
  const made = releaseTemplate(base, 'acme/web', 'acme/web:v2')

  it('has the image in every container of the service’s repository, and in no other', () => {
    expect(made.spec.containers.map(({ image }) => image)).toEqual(['acme/web:v2', 'envoy:1', 'acme/web:v2'])
    expect(made.spec.initContainers?.map(({ image }) => image)).toEqual(['acme/web:v2'])
  })

  it('has the label by which its pods are known, and everything else as it was', () => {
    expect(made.metadata).toEqual({ labels: { app: 'web', 'deploy/release': '{run}' }, annotations: { team: 'shop' } })
    expect(made.spec['nodeSelector']).toEqual({ zone: 'a' })
  })

  it('adds no list of init containers where there is none', () => {
    const { initContainers: _, ...spec } = base.spec
    expect(releaseTemplate({ ...base, spec }, 'acme/web', 'acme/web:v2').spec).not.toHaveProperty('initContainers')
  })

  it('is refused when no container has the repository, naming those that are there', () => {
    expect(() => releaseTemplate(base, 'acme/api', 'acme/api:v2')).toThrow(
      'no container has an image of acme/api: app has acme/web:v1, proxy has envoy:1, worker has acme/web:v0, migrate has acme/web@sha256:00',
    )
  })

  it('of the same version differs only by the label', () => {
    const again = releaseTemplate(made, 'acme/web', 'acme/web:v2')
    expect(unlabelled(again)).toEqual(unlabelled(made))
    expect(unlabelled(releaseTemplate(made, 'acme/web', 'acme/web:v3'))).not.toEqual(unlabelled(made))
  })

  it('names the image that serves now', () => {
    expect(imageIn(base, 'acme/web')).toBe('acme/web:v1')
    expect(imageIn(base, 'acme/api')).toBeUndefined()
  })
})
