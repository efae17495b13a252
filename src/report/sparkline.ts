/** `▁▂▁█`: each value as part of `top`. What is not known is a gap. */
export const sparkline = (values: readonly (number | null)[], top: number): string =>
  values.map((value) => (value === null ? ' ' : level(value, top))).join('')

const levels = '▁▂▃▄▅▆▇█'

function level(value: number, top: number): string {
  const step = top > 0 ? Math.floor((value / top) * levels.length) : 0
  return levels.charAt(Math.max(0, Math.min(levels.length - 1, step)))
}
