/**
 * Every label and annotation that a release puts on an object. All of them go when it closes, but for one: `release`
 * on the pod template, by which the new pods are selected and every release is a ReplicaSet of its own.
 */
export const marks = {
  /** On the pod template, as a label: the run that made these pods. */
  release: 'deploy/release',
  /** On every shared object that a run writes: `<run>.<epoch>`, the fencing token. */
  token: 'deploy/token',
  /** The same on a ReplicaSet: its other annotations are copies of its Deployment's, and no fences. */
  setToken: 'deploy/set-token',
  /** In the template metadata of the stable ReplicaSet, so that no re-applied manifest matches it. */
  stable: 'deploy/stable',
  /** On the workload, for people: which run is at work, where it is driven from and how to take it back by hand. */
  note: 'deploy/note',
} as const

/** The field manager that all our writes name. */
export const fieldManager = 'deploy'

export const tokenPath = '/metadata/annotations/deploy~1token'
export const setTokenPath = '/metadata/annotations/deploy~1set-token'
export const notePath = '/metadata/annotations/deploy~1note'

/** `r7f3.2`: what a run's driver stamps on each shared object. */
export const fencingToken = (run: string, epoch: number): string => `${run}.${epoch}`

export const runOfToken = (token: string): string => token.slice(0, token.lastIndexOf('.'))

export const epochOfToken = (token: string): number => Number(token.slice(token.lastIndexOf('.') + 1))
