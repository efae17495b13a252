import { atLeast, atMost } from './binomial.ts'

/** How sure one has to be that requests go elsewhere than they were sent. */
const alpha = 1e-3

export interface Share {
  /** `seen`: the data plane shows the weight. `too-many`: the new pods get far more than their weight. */
  readonly answer: 'seen' | 'too-many' | 'below' | 'too-few'
  /** The new pods' part of all requests, from 0 to 1. */
  readonly share: number
}

/**
 * The new pods' share of requests against their weight (both from 0 to 1): it is seen when it lies between half and
 * twice the weight, told apart from what chance does with so many requests. Less than half is no proof of a wrong
 * route: callers that bypass the router, and connections that last, stay with the old pods.
 */
export function shareOf(newRequests: number, allRequests: number, weight: number): Share {
  const share = allRequests === 0 ? 0 : newRequests / allRequests
  const most = Math.min(1, 2 * weight)
  if (allRequests < 10) return { answer: 'too-few', share }
  if (share > most) return { answer: atLeast(newRequests, allRequests, most) <= alpha ? 'too-many' : 'too-few', share }
  if (share < weight / 2)
    return { answer: atMost(newRequests, allRequests, weight / 2) <= alpha ? 'below' : 'too-few', share }
  // Enough that an empty share would have been told apart from half the weight.
  return { answer: atMost(0, allRequests, weight / 2) <= alpha ? 'seen' : 'too-few', share }
}
