import type { Millis } from '../core/time.ts'

export interface Due {
  readonly at: Millis
  readonly act: () => void
}

/** What is due, earliest first; what is due at the same moment in the order in which it was added. */
export interface Queue {
  /** Returns how to take it out again. */
  add(at: Millis, act: () => void): () => void
  take(): Due | undefined
  peek(): Due | undefined
}

interface Entry extends Due {
  readonly order: number
  isOff: boolean
}

/** A binary heap. What was called off stays until its turn comes. */
export function newQueue(): Queue {
  const heap: Entry[] = []
  let order = 0

  const peek = (): Entry | undefined => {
    while (heap[0]?.isOff) pop(heap)
    return heap[0]
  }
  return {
    add: (at, act) => {
      const entry: Entry = { at, act, order: order++, isOff: false }
      push(heap, entry)
      return () => {
        entry.isOff = true
      }
    },
    take: () => {
      const first = peek()
      if (first) pop(heap)
      return first
    },
    peek,
  }
}

const isBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

function push(heap: Entry[], entry: Entry): void {
  let index = heap.length
  heap.push(entry)
  while (index > 0) {
    const above = (index - 1) >> 1
    const parent = heap[above] as Entry
    if (!isBefore(entry, parent)) break
    heap[index] = parent
    index = above
  }
  heap[index] = entry
}

function pop(heap: Entry[]): void {
  const last = heap.pop()
  if (heap.length === 0 || !last) return
  let index = 0
  for (;;) {
    const left = 2 * index + 1
    const [a, b] = [heap[left], heap[left + 1]]
    if (!a) break
    const [child, at] = b && isBefore(b, a) ? [b, left + 1] : [a, left]
    if (!isBefore(child, last)) break
    heap[index] = child
    index = at
  }
  heap[index] = last
}
