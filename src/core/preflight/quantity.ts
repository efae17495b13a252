/** Thousandths of a unit (core, byte, pod): whole numbers, so sums are exact. */
export type Milli = number

const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

const shape = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/

/**
 * A Kubernetes quantity (`500m`, `1.5Gi`, `2e3`), rounded up to thousandths as the API server does; `null`: not one.
 * Hand-written templates hold plain numbers, too. (pkg.go.dev/k8s.io/apimachinery/pkg/api/resource#Quantity)
 */
export function milliOf(quantity: string | number): Milli | null {
  const [, number, exponent, suffix = ''] = shape.exec(String(quantity)) ?? []
  if (number === undefined) return null
  const value = Number(number) * 1e3 * (exponent === undefined ? (suffixes[suffix] ?? 1) : 10 ** Number(exponent))
  // 0.1 is no binary fraction: what is a hair above a whole number only by that is that number.
  const near = Math.round(value)
  return Math.abs(value - near) < 1e-6 * Math.max(1, Math.abs(near)) * 1e-3 ? near : Math.ceil(value)
}

/** As people write it: `2500m` of cpu, `640Mi` of memory, `3` of what is counted. */
export function quantityText(resource: string, milli: Milli): string {
  if (/(^|\.)cpu$/.test(resource)) return `${milli}m`
  const value = milli / 1e3
  if (!/memory|storage|hugepages/.test(resource)) return rounded(value)
  const unit = ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki'].find((name) => Math.abs(value) >= (suffixes[name] ?? 1))
  if (!unit) return rounded(value)
  const smaller = exactUnit(value)
  return smaller ?? `${rounded(value / (suffixes[unit] ?? 1))}${unit}`
}

/** In the largest unit in which it is a whole number of at most five digits. */
function exactUnit(value: number): string | null {
  for (const unit of ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki']) {
    const count = value / (suffixes[unit] ?? 1)
    if (Number.isInteger(count) && count !== 0 && Math.abs(count) < 1e5) return `${count}${unit}`
  }
  return null
}

const rounded = (value: number): string => String(Math.round(value * 10) / 10)
