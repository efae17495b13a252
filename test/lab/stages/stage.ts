/** KWOK's description of one move of an object's life: which objects, after how long, and what then. */
export type Stage = {
  readonly apiVersion: 'kwok.x-k8s.io/v1alpha1'
  readonly kind: 'Stage'
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly resourceRef: { readonly apiGroup: 'v1'; readonly kind: 'Node' | 'Pod' }
    readonly selector: { readonly matchExpressions: readonly Match[] }
    readonly delay?: Delay
    readonly steps: readonly Step[]
  }
}

/** `key` is a jq expression on the object. An error in it counts as "no value", silently. */
export type Match = {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  readonly values?: readonly string[]
}

/** A jitter is not added: the wait is somewhere between duration and jitter; a jitter below the duration wins. */
export type Delay = {
  readonly durationMilliseconds: number
  readonly jitterDurationMilliseconds?: number
  readonly durationFrom?: { readonly expressionFrom: string }
  readonly jitterDurationFrom?: { readonly expressionFrom: string }
}

export type Step =
  | { readonly patch: { readonly subresource: 'status'; readonly root: 'status'; readonly template: string } }
  | { readonly event: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string } }
  | { readonly apply: { readonly template: string } }
  | { readonly delete: true }
