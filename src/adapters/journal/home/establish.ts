import { DeployError, foreseen } from '../../../core/errors.ts'
import type { Entry } from '../../../core/journal.ts'
import type { Plan } from '../../../core/plan.ts'
import type { Call, Cluster } from '../../../ports.ts'
import { type HomePlace, segmentRef } from './names.ts'
import { planCreations } from './plan.ts'
import { type HomeCopy, readHome } from './read.ts'
import {
  append,
  creation,
  fencing,
  followed,
  fullBytes,
  headOf,
  sealing,
  sharedLine,
  type Standing,
} from './segment.ts'

export interface Home {
  readonly cluster: Cluster
  readonly place: HomePlace
}

/** Where a driver stands with its home: the segment it appends to, and how many entries are there. */
export interface Joined {
  readonly standing: Standing
  readonly seq: number
}

export interface Establishing extends Home {
  readonly plan: Plan
  readonly planHash: string
  readonly epoch: number
}

/** The plan and the first, still empty segment: at the start of a run, and where somebody deleted them. */
export async function establish(
  { cluster, place, plan, planHash, epoch }: Establishing,
  call: Call,
  isThere: 'new' | 'perhaps' = 'new',
): Promise<Joined> {
  const first = creation(place, { number: 1, base: planHash, epoch, entries: [] })
  for (const write of [...planCreations(place, plan, planHash), first]) {
    try {
      await cluster.write(write, call)
    } catch (error) {
      if (isThere === 'new' || !isCode(error, 'kube-exists')) throw error
    }
  }
  return { seq: 0, standing: started(1, planHash, epoch) }
}

const started = (number: number, base: string, epoch: number): Standing => ({
  number,
  base,
  head: base,
  epoch,
  sealed: false,
  lines: [],
  bytes: 0,
})

/** How often somebody else may append while the run is taken over. */
const mostTries = 5

/**
 * Reads a run's home and takes it: from now on whoever drove it before can't append any more. So what was read is all
 * that will ever be of earlier drivers. `null`: there is nothing.
 */
export async function takeHome(
  { cluster, place }: Home,
  atLeast: number,
  call: Call,
): Promise<{ readonly copy: HomeCopy; readonly epoch: number; readonly joined: Joined } | null> {
  for (let tried = 1; ; tried += 1) {
    const copy = await readHome({ cluster, namespace: place.namespace, run: place.run }, call)
    if (copy === null) return null
    const { standing, entries } = copy
    const epoch = Math.max(atLeast, standing.epoch + 1, (entries.at(-1)?.epoch ?? 0) + 1)
    try {
      return {
        copy,
        epoch,
        joined: { seq: entries.length, standing: await fenced({ cluster, place }, standing, epoch, call) },
      }
    } catch (error) {
      // Another driver was faster, or the answer was lost: what stands there says which.
      if (tried === mostTries || !hasMoved(error)) throw error
    }
  }
}

async function fenced({ cluster, place }: Home, standing: Standing, epoch: number, call: Call): Promise<Standing> {
  if (!standing.sealed) {
    await cluster.write(fencing(segmentRef(place, standing.number), standing, epoch), call)
    return { ...standing, epoch }
  }
  const number = standing.number + 1
  await cluster.write(creation(place, { number, base: standing.head, epoch, entries: [] }), call)
  await tellFollowed({ cluster, place }, standing.number, call)
  return started(number, standing.head, epoch)
}

/** For those who look for runs, who need not read this one then; nothing rests on it. */
export async function tellFollowed({ cluster, place }: Home, number: number, call: Call): Promise<void> {
  await cluster.write(followed(segmentRef(place, number)), call).catch(foreseen)
}

/** One request further: some of `rest` is appended, a full segment is sealed, or the next one begun. */
export async function further(
  { cluster, place }: Home,
  { standing, seq }: Joined,
  rest: readonly Entry[],
  call: Call,
): Promise<Joined> {
  const object = segmentRef(place, standing.number)
  if (standing.sealed) {
    const { number, head: base, epoch } = { ...standing, number: standing.number + 1 }
    const entries = fitting(rest, 0)
    await cluster.write(creation(place, { number, base, epoch, entries }), call)
    return after({ standing: started(number, base, epoch), seq }, entries)
  }
  const entries = fitting(rest, standing.bytes)
  if (entries.length === 0) {
    await cluster.write(sealing(object, standing), call)
    return { seq, standing: { ...standing, sealed: true } }
  }
  await cluster.write(append(object, standing, entries), call)
  return after({ standing, seq }, entries)
}

function after({ standing, seq }: Joined, entries: readonly Entry[]): Joined {
  const lines = entries.map((entry) => sharedLine(entry).trimEnd())
  return {
    seq: seq + entries.length,
    standing: {
      ...standing,
      head: headOf(entries, standing.head),
      lines: [...standing.lines, ...lines],
      bytes: standing.bytes + sizeOf(entries),
    },
  }
}

const sizeOf = (entries: readonly Entry[]): number =>
  entries.reduce((sum, entry) => sum + Buffer.byteLength(sharedLine(entry)), 0)

/** As many as have room beside so many bytes; into an empty segment at least one. */
function fitting(entries: readonly Entry[], bytes: number): readonly Entry[] {
  let total = bytes
  const end = entries.findIndex((entry) => {
    total += sizeOf([entry])
    return total > fullBytes
  })
  return entries.slice(0, end === -1 ? entries.length : bytes === 0 ? Math.max(1, end) : end)
}

/** The home is not as this driver left it; or the answer to its last write was lost. */
export const hasMoved = (error: unknown): boolean =>
  ['kube-invalid', 'kube-exists', 'kube-conflict', 'kube-not-found'].some((code) => isCode(error, code))

const isCode = (error: unknown, code: string): boolean => error instanceof DeployError && error.code === code
