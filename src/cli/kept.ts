import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunFolder } from '../adapters/journal/folder.ts'
import { readSamples } from '../adapters/journal/samples.ts'
import { harmText } from '../report/harm.ts'
import type { BlockInput } from '../report/last-block.ts'
import { type StoryInput, storyOf } from '../report/outcome.ts'

export const reportFile = (folder: RunFolder): string => join(folder.path, 'report.html')

/** What a run has left, for its last block: the report, the folder or its home, and what it cost its users. */
export async function keptOf(
  folder: RunFolder,
  story: StoryInput,
  keptIn: { readonly cluster: string; readonly namespace: string } | null,
): Promise<Pick<BlockInput, 'evidence' | 'harm'>> {
  if (keptIn)
    return { evidence: `configmaps deploy-run-${folder.run}-… in namespace ${keptIn.namespace} of ${keptIn.cluster}` }
  const file = reportFile(folder)
  const [samples, isThere] = await Promise.all([
    readSamples(folder.samples),
    access(file).then(
      () => true,
      () => false,
    ),
  ])
  const harm = samples && harmText(story.plan, storyOf(story).state, samples)
  return { evidence: isThere ? file : folder.path, ...(harm !== null && { harm }) }
}
