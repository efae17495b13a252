import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/json.ts'
import type { ManagedFields } from '../../../src/core/objects.ts'
import { ownersOf } from '../../../src/core/preflight/owners.ts'
import { canary, complaint, deployment, given, told } from './world.ts'

const image: JsonObject = {
  'f:spec': {
    'f:strategy': {},
    'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"app"}': { 'f:image': {} } } } },
  },
}
const selector: JsonObject = { 'f:spec': { 'f:selector': {} } }
const manager = (name: string, fieldsV1 = image, operation: 'Apply' | 'Update' = 'Update'): ManagedFields => ({
  manager: name,
  operation,
  fieldsV1,
})
const owned = (metadata: object) => ({ ...deployment(), metadata: { ...deployment().metadata, ...metadata } })

describe('an owner', () => {
  it.each([
    [
      'Helm release shop',
      'no',
      { annotations: { 'meta.helm.sh/release-name': 'shop' }, managedFields: [manager('helm')] },
    ],
    [
      'Argo CD application shop',
      'unknown',
      {
        annotations: {
          'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web',
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
        },
        managedFields: [manager('argocd-controller')],
      },
    ],
    [
      'Argo CD application shop',
      'unknown',
      { labels: { 'app.kubernetes.io/instance': 'shop' }, managedFields: [manager('argocd-controller')] },
    ],
    [
      'Flux Kustomization shop',
      'yes',
      {
        labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop' },
        managedFields: [manager('kustomize-controller', image, 'Apply')],
      },
    ],
    [
      'Flux HelmRelease shop',
      'unknown',
      {
        labels: { 'helm.toolkit.fluxcd.io/name': 'shop' },
        annotations: { 'meta.helm.sh/release-name': 'shop' },
        managedFields: [manager('helm-controller')],
      },
    ],
    [
      'kubectl apply',
      'no',
      {
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
        managedFields: [manager('kubectl-client-side-apply')],
      },
    ],
    ['server-side apply by kubectl', 'unknown', { managedFields: [manager('kubectl', image, 'Apply')] }],
  ])('%s is known, with what it has (heals: %s)', (called, heals, metadata) => {
    expect(ownersOf(owned(metadata))).toMatchObject([{ called, heals, fields: ['image', 'strategy'] }])
  })

  it('is nobody for what was made by hand, and never this tool', () => {
    expect(ownersOf(deployment())).toEqual([])
    expect(ownersOf(owned({ managedFields: [manager('deploy', image, 'Apply'), manager('kubectl-edit')] }))).toEqual([])
  })

  it('is told once, with every object that it has', () => {
    const annotations = { 'meta.helm.sh/release-name': 'shop' }
    const set = {
      'Deployment/web': { '/metadata/annotations': annotations, '/metadata/managedFields': [manager('helm')] },
      'Service/web': { '/metadata/annotations': annotations, '/metadata/managedFields': [manager('helm', selector)] },
    }
    expect(complaint(canary({ set }), 'owner')).toMatchObject({
      level: 'warn',
      what: 'Helm release shop owns deployment web (image, strategy), service web (selector)',
      why: 'the next helm upgrade writes the version in its values again; while the release runs its diff has to ignore /spec/template, /spec/strategy, /spec/minReadySeconds, /spec/progressDeadlineSeconds, /spec/paused, /spec/selector',
    })
  })
})

describe('self-heal', () => {
  const flux = { '/metadata/labels': { 'kustomize.toolkit.fluxcd.io/name': 'shop' } }

  it('is refused, until the object says that it is off', () => {
    expect(told(given({ set: { 'Deployment/web': flux } }))).toEqual(['refuse self-heal', 'warn owner'])
    const off = { ...flux, '/metadata/annotations': { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' } }
    expect(told(given({ set: { 'Deployment/web': off } }))).toEqual(['warn owner'])
  })
  it('of the route is refused, too', () =>
    expect(told(canary({ set: { 'HTTPRoute/web': flux } }))).toEqual(['refuse self-heal', 'warn owner']))
  it('that is set elsewhere is said not to be checked', () => {
    const annotations = { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web' }
    expect(told(given({ set: { 'Deployment/web': { '/metadata/annotations': annotations } } }))).toEqual([
      'warn owner',
      'not-checked self-heal',
    ])
  })
})
