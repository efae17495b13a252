import { DeployError } from '../../core/errors.ts'
import type { Entry, Fact } from '../../core/journal.ts'
import { canonical, jsonIn } from '../../core/json.ts'
import type { Millis } from '../../core/time.ts'
import type { RunFolder } from './folder.ts'
import { hashOf } from './hash.ts'
import { shapeOf } from './schema.ts'

/** Facts as entries that follow `last`. */
export function chained(
  facts: readonly Fact[],
  { last, planHash, epoch, at }: { last: Entry | undefined; planHash: string; epoch: number; at: Millis },
): Entry[] {
  let seq = last?.seq ?? 0
  let prev = last === undefined ? planHash : hashOf(last)
  return facts.map((fact) => {
    seq += 1
    const entry: Entry = { ...fact, seq, at, epoch, prev }
    prev = hashOf(entry)
    return entry
  })
}

/** As it stands in the file. Canonical, so that `prev` is also what sha256sum says of the line before. */
export const lineOf = (entry: Entry): string => `${canonical(entry)}\n`

/**
 * Reads a journal's lines one after the other, each checked against the one before it. Throws a DeployError that names
 * file and line: `journal-corrupt`, `journal-plan` (plan.json is another), `journal-newer` (a type that we don't know).
 */
export function chainReader(folder: RunFolder, planHash: string): (line: string) => Entry {
  let last: Entry | undefined
  return (line) => {
    const seq: number = (last?.seq ?? 0) + 1
    const place = `${folder.journal}:${seq}`
    const entry = entryIn(line, place)
    const prev = last === undefined ? planHash : hashOf(last)
    if (entry.prev !== prev)
      throw seq === 1 ? otherPlan(folder) : corrupt(place, 'it does not follow from the line before')
    const wrong = follows(entry, last)
    if (wrong !== null) throw corrupt(place, wrong)
    last = entry
    return entry
  }
}

/** What is wrong with an entry that is to come after `last`, beside its `prev`; `null`: nothing. */
export function follows({ seq, epoch }: Entry, last: Entry | undefined): string | null {
  if (seq !== (last?.seq ?? 0) + 1) return `its number is ${seq}`
  return epoch < (last?.epoch ?? 1) ? `its epoch ${epoch} is before that of the line before` : null
}

/** One line, not compared with its neighbours. */
export function entryIn(line: string, place: string): Entry {
  const shape = shapeOf(jsonIn(line))
  if ('entry' in shape) return shape.entry
  throw 'wrong' in shape
    ? corrupt(place, shape.wrong, 'or a newer version of deploy wrote it')
    : newer(place, shape.unknownType)
}

const corrupt = (place: string, wrong: string, other = 'or the disk has lost it'): DeployError =>
  new DeployError({
    code: 'journal-corrupt',
    what: `the journal is damaged at ${place}: ${wrong}`,
    why: `a crash can only cost the last line; this was changed afterwards, ${other}`,
    remedy:
      'restore that file from a backup; without one keep the folder as evidence, and see to the service with kubectl',
    exit: 'refused',
  })

const otherPlan = (folder: RunFolder): DeployError =>
  new DeployError({
    code: 'journal-plan',
    what: `${folder.plan} is not the plan that ${folder.journal}:1 was begun with`,
    why: 'what the journal says was done would be read as steps of another plan',
    remedy: `put the plan of run ${folder.run} back in its place`,
    exit: 'refused',
  })

const newer = (place: string, type: string): DeployError =>
  new DeployError({
    code: 'journal-newer',
    what: `${place} is an entry of type ${JSON.stringify(type)}, which this version of deploy does not know`,
    why: 'a newer version wrote it; to pass over it could mean to do something twice',
    remedy: 'use the version that began the run: "tool" in its plan.json',
    exit: 'refused',
  })
