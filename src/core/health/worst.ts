import type { Pod } from '../objects.ts'
import { readySince } from '../view.ts'
import { bundleOf } from './bundle.ts'
import type { Context } from './rule.ts'
import { oneLine } from './said.ts'
import { isConfirmed, type Raised } from './signals.ts'

/** The pod to look at first, with what is known of it. */
export interface WorstPod {
  readonly pod: Pod
  /** `container app crashed twice with exit code 1`, without the pod's name. */
  readonly because: string
  readonly bundle: readonly string[]
}

/** The first confirmed sign in the order of the rules, else the first suspected one, else a pod that isn't Ready. */
export function worstOf(raised: readonly Raised[], context: Context): WorstPod | null {
  const signs = raised.filter(({ pod }) => pod !== null)
  const sign = signs.find(({ signal }) => isConfirmed(signal)) ?? signs[0]
  const pod: Pod | null | undefined = sign?.pod ?? context.pods.find((one) => readySince(one) === null)
  if (!pod) return null
  return { pod, because: oneLine(sign?.sign.because ?? 'not Ready yet'), bundle: bundleOf(pod, context) }
}
