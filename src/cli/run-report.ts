import { stat } from 'node:fs/promises'
import { onDisk, replaceFile } from '../adapters/journal/disk.ts'
import type { RunFolder } from '../adapters/journal/folder.ts'
import { readSamples } from '../adapters/journal/samples.ts'
import { harmText } from '../report/harm.ts'
import { type StoryInput, storyOf } from '../report/outcome.ts'
import { assetOf } from '../report/page/skeleton.ts'
import { runPage } from '../report/run-page/page.ts'
import { reportFile } from './kept.ts'
import { pageTexts } from './page-texts.ts'

export interface ReportInput extends StoryInput {
  readonly planHash: string
  readonly folder: RunFolder
}

export interface Report {
  readonly path: string
  /** What the release cost its users, where that was counted. */
  readonly harm: string | null
}

/** Writes the report of a run, for its operator alone (0600); a file that is there is replaced as a whole. */
export async function writeReport({ folder, ...story }: ReportInput, path = reportFile(folder)): Promise<Report> {
  const samples = await readSamples(folder.samples)
  const page = runPage({ ...story, samples, assets })
  await onDisk(path, () => replaceFile(path, page))
  return { path, harm: samples && harmText(story.plan, storyOf(story).state, samples) }
}

/** Beyond this, reading samples and drawing them would be noticed at the end of a run. */
const mostBytes = 4_000_000

/** At the end of a run: never its failure, and never long. `null`: there is none, `deploy report run` makes it. */
export async function reportAtEnd(input: ReportInput): Promise<Report | null> {
  try {
    const { size } = await stat(input.folder.samples).catch(() => ({ size: 0 }))
    return size > mostBytes ? null : await writeReport(input)
  } catch {
    return null
  }
}

const assets = {
  styles: [pageTexts.libraryStyle, pageTexts.style].map(assetOf),
  scripts: [pageTexts.library, pageTexts.draw].map(assetOf),
}
