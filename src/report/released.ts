import type { Plan } from '../core/plan.ts'

/** Which release a document is about. */
export function released({ release }: Plan, hash: string) {
  const { service, environment, strategy, from, version, image } = release
  return { plan: hash, service, environment, strategy, from, version, image }
}
