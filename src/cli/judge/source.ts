import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { folderOf, type RunFolder } from '../../adapters/journal/folder.ts'
import { DeployError, messageOf } from '../../core/errors.ts'
import type { JudgeOptions } from '../commands/judge.ts'
import type { Process } from '../process.ts'
import { rootOf } from '../root.ts'

/** A file of samples, which can be read more than once. */
export interface SampleSource {
  /** As messages name it. */
  readonly name: string
  readonly path: string
  /** The run that wrote it. */
  readonly run: string | null
  /** Of that run. */
  readonly folder: RunFolder | null
}

/** The file that was named, or the samples that a run of this folder wrote; without a name the newest run. */
export async function sourceOf(
  options: Pick<JudgeOptions, 'samples' | 'run' | 'config'>,
  process: Process,
): Promise<SampleSource> {
  const { samples } = options
  if (samples !== undefined) {
    const source = { name: samples, path: resolve(process.cwd, samples), run: null, folder: null }
    await refuseOther(source)
    return source
  }
  const root = rootOf({ process }, options)
  const run = options.run ?? (await newestRun(root))
  if (run === undefined)
    throw new DeployError({
      code: 'samples-missing',
      what: `there is no run in ${root}`,
      remedy: 'name a recording: deploy judge --samples FILE, or the folder of a run by --config',
    })
  const folder = folderOf({ root, run })
  const source = { name: folder.samples, path: folder.samples, run, folder }
  const [isRun, isSampled] = await Promise.all([folder.path, folder.samples].map(isThere))
  if (!isRun || !isSampled)
    throw new DeployError({
      code: 'samples-missing',
      what: isRun ? `run ${run} has no samples: ${folder.samples}` : `there is no run ${run} in ${root}`,
      ...(isRun && { why: 'samples are kept on the machine that drives a run, where it has begun a unit' }),
      remedy: 'see which runs this folder has: deploy list --local',
    })
  await refuseOther(source)
  return source
}

/** Who drives a run is looked at with programs of the system; a file that was named needs none of that. */
async function newestRun(root: string): Promise<string | undefined> {
  const { listRuns } = await import('../../adapters/journal/list.ts')
  const [newest] = await listRuns(root)
  return newest?.run
}

/** It is read more than once, so it has to be a file. */
async function refuseOther({ name, path }: SampleSource): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(name, error)
  })
  if (found.isFile()) return
  throw new DeployError({
    code: 'samples-unreadable',
    what: `${name} is ${found.isDirectory() ? 'a folder' : 'no file'}`,
    why: 'a recording is read more than once',
    remedy: found.isDirectory() ? 'name a file in it' : 'save it to a file first, then name that',
  })
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** The text of the file in pieces, as it is read. */
export async function* piecesOf({ name, path }: SampleSource): AsyncGenerator<string> {
  const pieces = createReadStream(path, { encoding: 'utf8' })
  try {
    for await (const piece of pieces) yield String(piece)
  } catch (error) {
    throw error instanceof DeployError ? error : unreadable(name, error)
  }
}

const unreadable = (name: string, cause: unknown): DeployError =>
  new DeployError({
    code: 'samples-unreadable',
    what: `${name} can't be read`,
    why: messageOf(cause),
    remedy: 'name a file of samples that you may read',
    cause,
  })
