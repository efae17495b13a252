/** Milliseconds: a point in time (since 1970) or a span. */
export type Millis = number

export const second: Millis = 1_000
export const minute: Millis = 60 * second
export const hour: Millis = 60 * minute

/** A span for people: `9 s`, `5:00`, `1 h 20 min`. */
export function span(ms: Millis): string {
  const s = Math.round(ms / second)
  if (s < 60) return `${s} s`
  if (s < 3600) return s % 60 === 0 ? `${s / 60} min` : `${Math.floor(s / 60)} min ${s % 60} s`
  const min = Math.round((s % 3600) / 60)
  return min === 0 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 3600)} h ${min} min`
}

/** A running clock for people: `2:41`. */
export function stopwatch(ms: Millis): string {
  const s = Math.max(0, Math.floor(ms / second))
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`
}

/** UTC with milliseconds, as in logs and journals. */
export const stamp = (at: Millis): string => new Date(at).toISOString()
