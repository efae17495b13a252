/**
 * Preloaded into a process that is to die: `STORM_DEATH="before 17"`, `"after sent weight-50.route-50"`. SIGKILL right before,
 * or right after, such an entry of the journal is on disk: the 17th or a later one, or the first of this type about this
 * step or stage. Stands between the journal and its file, which knows nothing of it.
 */
import { type FileHandle, open } from 'node:fs/promises'

type Write = (bytes: Uint8Array, ...more: unknown[]) => Promise<unknown>
interface Line {
  readonly seq: number
  readonly type: string
  readonly step?: string
  readonly stage?: string
}

const { STORM_DEATH = '' } = process.env
const [side = '', ...words] = STORM_DEATH.split(' ')
const wanted = words.join(' ')
if (wanted !== '') await dieAt(wanted)

async function dieAt(entry: string): Promise<void> {
  const file = await open(import.meta.filename)
  const handles = Object.getPrototypeOf(file) as FileHandle
  await file.close()
  const { sync } = handles
  const write = handles.write as unknown as Write
  let isWritten = false
  const dying: Write = function (this: unknown, bytes, ...more) {
    isWritten ||= linesIn(bytes).some((line) => line.seq >= Number(entry) || nameOf(line) === entry)
    if (isWritten && side === 'before') process.kill(process.pid, 'SIGKILL')
    return Reflect.apply(write, this, [bytes, ...more])
  }
  Object.assign(handles, {
    write: dying,
    async sync(this: unknown) {
      await Reflect.apply(sync, this, [])
      if (isWritten) process.kill(process.pid, 'SIGKILL')
    },
  })
}

const nameOf = ({ type, step, stage }: Line): string => [type, step ?? stage].filter(Boolean).join(' ')

/** Of a journal; other files have no chain. */
const linesIn = (bytes: unknown): readonly Line[] =>
  bytes instanceof Uint8Array
    ? Buffer.from(bytes)
        .toString()
        .split('\n')
        .filter((line) => /"prev":"[0-9a-f]{64}"/.test(line))
        .map((line) => JSON.parse(line) as Line)
    : []
