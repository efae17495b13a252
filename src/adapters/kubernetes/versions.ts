import type { KubeObject } from '../../core/objects.ts'

/**
 * Is resourceVersion `a` later than `b`? They are decimal numbers that may be larger than JavaScript's; comparing them
 * is allowed since Kubernetes 1.35 (KEP 5504) and was true of every server before.
 */
export function isLater(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length
}

export const versionOf = (object: KubeObject): string => object.metadata.resourceVersion ?? ''
