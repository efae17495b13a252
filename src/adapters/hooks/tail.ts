import { cut, escapeLines } from '../../core/text.ts'

export interface Tail {
  /** Takes the bytes of one stream. Streams are mixed by whole lines, in the order in which they arrive. */
  sink(): (bytes: Buffer) => void
  /** The last lines, escaped; a first line says how much came before them, if any did. */
  lines(): string[]
}

const kib = 1024
const newline = 0x0a

/** The end of an output of any length, in little memory. */
export function tailOf({ bytes = 64 * kib, lines = 200, width = 1_000 } = {}): Tail {
  const kept: Buffer[] = []
  const unended: Buffer[] = []
  let size = 0
  let dropped = 0

  const keep = (chunk: Buffer) => {
    kept.push(chunk)
    size += chunk.length
    for (let first = kept[0]; first !== undefined && size - first.length >= bytes; first = kept[0]) {
      kept.shift()
      size -= first.length
      dropped += first.length
    }
  }

  return {
    sink() {
      const mine = unended.push(Buffer.alloc(0)) - 1
      return (chunk) => {
        const text = Buffer.concat([unended[mine] ?? chunk, chunk])
        // A line without an end is not waited for for ever.
        const end = text.length > bytes ? text.length : text.lastIndexOf(newline) + 1
        if (end > 0) keep(text.subarray(0, end))
        unended[mine] = text.subarray(end)
      }
    },
    lines() {
      const text = Buffer.concat([...kept, ...unended])
      const over = Math.max(0, text.length - bytes)
      // The cut may have gone through a line, or a character: what is left of it tells nobody anything.
      const start = dropped + over > 0 ? Math.max(over, text.indexOf(newline, over) + 1) : 0
      const all = escapeLines(text.toString('utf8', start))
      const last = all.slice(-lines).map((line) => cut(line, width))
      const missing = dropped + start
      if (missing > 0) return [`(${Math.ceil(missing / kib)} KiB came before this)`, ...last]
      return all.length > last.length ? [`(${all.length - last.length} lines came before this)`, ...last] : last
    },
  }
}
