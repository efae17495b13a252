import type { PodSpec } from '../../core/objects.ts'

const units: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

/** `250m`, `1.5`, `512Mi` as a number. */
export function quantity(text: string | number | undefined): number {
  const [, number, unit = ''] = /^([\d.]+)([A-Za-z]*)$/.exec(String(text ?? 0)) ?? []
  const factor = units[unit]
  if (number === undefined || factor === undefined) throw new Error(`${text} is no quantity`)
  return Number(number) * factor
}

/** What a pod asks for, all containers together. */
export const asked = (spec: PodSpec, what: 'requests' | 'limits', resource: 'cpu' | 'memory'): number =>
  spec.containers.reduce((sum, { resources }) => sum + quantity(resources?.[what]?.[resource]), 0)
