/** The Deployment controller's arithmetic: a surge is rounded up, what may be unavailable is rounded down. */
export const surgeOf = (percent: number, replicas: number): number => Math.ceil((percent * replicas) / 100)
export const unavailableOf = (percent: number, replicas: number): number => Math.floor((percent * replicas) / 100)

/** maxSurge and maxUnavailable as a Deployment has them: a number of pods or a percentage. */
export function resolved(value: number | string | undefined, replicas: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value
  const percent = Number.parseFloat(value ?? '25%')
  return round === 'up' ? surgeOf(percent, replicas) : unavailableOf(percent, replicas)
}
