import type { Site } from '../engine/planning.ts'
import { runningDigests } from '../engine/running-digest.ts'
import type { Process } from './process.ts'
import type { Request } from './request.ts'

/** The image as it will be set, with its digest as far as it could be found. */
export interface Pinned {
  readonly reference: string
  readonly pinned: boolean
  /** What a person should know about it; empty when its registry told. */
  readonly why: string
}

/** A tag can be moved while a release runs; a digest can't. */
export async function pinnedImage(
  { request: { image } }: Request,
  { env }: Process,
  signal: AbortSignal,
): Promise<Pinned> {
  if (image.digest !== undefined) return { reference: image.reference, pinned: true, why: '' }
  const { registry } = await import('../adapters/registry/registry.ts')
  const digest = await registry({ env }).digest(image.reference, { signal })
  if (digest !== null) return { reference: `${image.reference}@${digest}`, pinned: true, why: '' }
  return {
    reference: image.reference,
    pinned: false,
    why: `${image.reference} is not pinned: its registry could not be asked for a digest, so pods made later may get another image`,
  }
}

/** The second best: what pods were given for the tag when they began. */
export async function pinnedByPods(image: Pinned, sites: readonly Site[], signal: AbortSignal): Promise<Pinned> {
  const { reference } = image
  const [digest, ...others] = await runningDigests(reference, sites, signal)
  if (digest === undefined) return image
  if (others.length > 0) {
    return {
      ...image,
      why: `${reference} is not pinned: its registry could not be asked for a digest, and running pods have different ones`,
    }
  }
  return {
    reference: `${reference}@${digest}`,
    pinned: true,
    why: `${reference} is pinned to the digest that running pods have: its registry could not be asked whether the tag was moved since`,
  }
}
