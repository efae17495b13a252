const letters = '23456789abcdefghjkmnpqrstuvwxyz'

/** `r7f3k`: short enough to be typed, without letters that look alike; good as a label value and a file name. */
export const newRun = (random: () => number): string =>
  `r${Array.from({ length: 5 }, () => letters[Math.floor(random() * letters.length)]).join('')}`

/** An id may come from the command line, and becomes a path, an annotation and a part of names. */
export const isRunId = (text: string): boolean => /^[a-z0-9][a-z0-9-]{0,39}$/.test(text)
