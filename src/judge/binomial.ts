import betainc from '@stdlib/math-base-special-betainc'

/** P(X ≥ k) of n requests of which each fails with probability p: the regularised incomplete beta function I_p(k, n−k+1). */
export function atLeast(k: number, n: number, p: number): number {
  if (k <= 0) return 1
  if (k > n || p <= 0) return 0
  return p >= 1 ? 1 : betainc(p, k, n - k + 1)
}

/** P(X ≤ k). */
export const atMost = (k: number, n: number, p: number): number => 1 - atLeast(k + 1, n, p)
