/** The word that was probably meant, or nothing when none is near. Case, `-` and `_` don't count. */
export const nearest = (word: string, known: readonly string[]): string | undefined => nearestFew(word, known, 1)[0]

/** Those that may have been meant, the nearest first; far ones are left out where a near one is. */
export function nearestFew(word: string, known: readonly string[], most: number): string[] {
  const meant = folded(word)
  // Past any real word the distance costs time and can't be small anyway.
  if (meant.length > 64) return []
  const limit = Math.max(1, Math.floor(meant.length / 3))
  const near = known
    .map((name) => ({ name, distance: editDistance(meant, folded(name)) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
  const best = near[0]?.distance ?? 0
  return near
    .filter(({ distance }) => distance <= best + 1)
    .slice(0, most)
    .map(({ name }) => name)
}

/** `did you mean canary?`, or the whole choice. */
export function hint(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return near === undefined
    ? `known here: ${known.join(', ')}`
    : `did you mean ${near}? Known here: ${known.join(', ')}`
}

const folded = (word: string): string => word.toLowerCase().replaceAll(/[-_]/g, '')

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let least = Math.min(replaced, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1)
      row.push(least)
    }
    before = above
    above = row
  }
  return above[b.length] ?? 0
}
