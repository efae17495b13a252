/** What a file, or the rest of one, holds. */
export interface Lines {
  readonly lines: readonly string[]
  /** Bytes that belong to whole lines. What follows them is a write that never finished, or has not yet. */
  readonly whole: number
}

/**
 * The lines of a file that is appended to and may have been cut off anywhere. The last one counts only with its newline:
 * so half a line is none, and neither are the NULs of blocks that a power cut left unwritten.
 */
export function linesOf(bytes: Buffer): Lines {
  const whole = bytes.lastIndexOf('\n') + 1
  return { lines: whole === 0 ? [] : bytes.toString('utf8', 0, whole - 1).split('\n'), whole }
}
