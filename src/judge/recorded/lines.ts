import { DeployError } from '../../core/errors.ts'

export interface NumberedLine {
  /** From 1. */
  readonly number: number
  readonly text: string
}

/** A sample of hundreds of buckets takes a few thousand characters. */
const longest = 1 << 20

/** The lines of a text that comes in pieces; never more than one of them is held. Lines of blanks are left out. */
export async function* linesOf(name: string, pieces: AsyncIterable<string>): AsyncGenerator<NumberedLine> {
  let number = 1
  let held = ''
  for await (const piece of pieces) {
    const [first = '', ...others] = piece.split('\n')
    held += first
    for (const other of others) {
      yield* line(name, number, held)
      number += 1
      held = other
    }
    if (held.length > longest) throw tooLong(name, number)
  }
  yield* line(name, number, held)
}

function* line(name: string, number: number, text: string): Generator<NumberedLine> {
  if (text.length > longest) throw tooLong(name, number)
  if (text.trim() !== '') yield { number, text }
}

const tooLong = (name: string, number: number): DeployError =>
  new DeployError({
    code: 'bad-samples',
    what: `${name}:${number}: a line of more than ${longest} characters`,
    why: 'a sample is one line of JSON, and shorter',
    remedy: 'check that the file holds samples, one to a line',
  })
