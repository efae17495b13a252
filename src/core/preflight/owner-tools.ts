import type { KubeObject } from '../objects.ts'
import type { Owner } from './owners.ts'

/** How one kind of owner is known, and what it will do. */
interface Tool {
  readonly called: (name: string) => string
  /** The name of the release, application or whatever made the object; `undefined`: not made by this tool. */
  readonly nameOf: (object: KubeObject) => string | undefined
  /** Its field managers. */
  readonly managers: RegExp
  readonly heals: (object: KubeObject) => Owner['heals']
  readonly next: string
  readonly remedy: (name: string, object: KubeObject) => string
}

const label = ({ metadata }: KubeObject, key: string): string | undefined => metadata.labels?.[key]
const annotation = ({ metadata }: KubeObject, key: string): string | undefined => metadata.annotations?.[key]

const annotate = ({ kind, metadata: { name, namespace = 'default' } }: KubeObject, pair: string): string =>
  `kubectl -n ${namespace} annotate ${kind.toLowerCase()}/${name} ${pair} for the release, and remove it afterwards`

/** Puts everything back at each interval, unless the object says `disabled` (fluxcd/kustomize-controller#484). */
const fluxKustomization: Tool = {
  called: (name) => `Flux Kustomization ${name}`,
  nameOf: (object) => label(object, 'kustomize.toolkit.fluxcd.io/name'),
  managers: /^kustomize-controller$/,
  heals: (object) => (annotation(object, 'kustomize.toolkit.fluxcd.io/reconcile') === 'disabled' ? 'no' : 'yes'),
  next: 'its next reconciliation applies the version in its source again',
  remedy: (_name, object) => annotate(object, 'kustomize.toolkit.fluxcd.io/reconcile=disabled'),
}

/** `spec.driftDetection` of the HelmRelease is off by default (fluxcd.io/flux/components/helm/helmreleases/#drift-detection). */
const fluxHelmRelease: Tool = {
  called: (name) => `Flux HelmRelease ${name}`,
  nameOf: (object) => label(object, 'helm.toolkit.fluxcd.io/name'),
  managers: /^helm-controller$/,
  heals: (object) => (annotation(object, 'helm.toolkit.fluxcd.io/driftDetection') === 'disabled' ? 'no' : 'unknown'),
  next: 'its next upgrade writes the version in its values again',
  remedy: (name, object) =>
    `${annotate(object, 'helm.toolkit.fluxcd.io/driftDetection=disabled')}; write the version into the values of HelmRelease ${name} in an after hook`,
}

/** `<application>:<group>/<kind>:<namespace>/<name>` (argo-cd.readthedocs.io, Resource Tracking); older ones by label. */
const argoCd: Tool = {
  called: (name) => `Argo CD application ${name}`,
  nameOf(object) {
    const tracked = annotation(object, 'argocd.argoproj.io/tracking-id')?.split(':')[0]
    const managed = object.metadata.managedFields?.some(({ manager = '' }) => argoCd.managers.test(manager))
    return tracked ?? (managed ? (label(object, 'app.kubernetes.io/instance') ?? 'unknown') : undefined)
  },
  managers: /^argocd-/,
  heals: () => 'unknown',
  next: 'its next sync writes the version in git again; with selfHeal at once',
  remedy: (name) =>
    `argocd app set ${name} --self-heal=false for the release, ignoreDifferences for these fields, and the version into git in an after hook`,
}

const helm: Tool = {
  called: (name) => `Helm release ${name}`,
  nameOf: (object) => annotation(object, 'meta.helm.sh/release-name'),
  managers: /^(helm|Helm)$/,
  heals: () => 'no',
  next: 'the next helm upgrade writes the version in its values again',
  remedy: (name) => `write the version into the values of release ${name} in an after hook`,
}

const kubectlApply: Tool = {
  called: () => 'kubectl apply',
  nameOf: (object) => annotation(object, 'kubectl.kubernetes.io/last-applied-configuration') && object.metadata.name,
  managers: /^kubectl/,
  heals: () => 'no',
  next: 'the next kubectl apply writes the version in the manifest again',
  remedy: (name) => `write the version into the manifest of ${name} in an after hook`,
}

/** The first that made the object is its owner: some leave the marks of those further down as well. */
export const tools: readonly Tool[] = [fluxKustomization, fluxHelmRelease, argoCd, helm, kubectlApply]
