import type { RunSummary } from '../adapters/journal/list.ts'
import { DeployError } from '../core/errors.ts'

/** The run that was named; else the only one that is open. Never a guess. */
export async function chooseRun(root: string, named: string | undefined, want: 'open' | 'any'): Promise<string> {
  if (named !== undefined) return named
  const { listRuns } = await import('../adapters/journal/list.ts')
  const runs = await listRuns(root)
  const open = runs.filter(isOpen)
  const [first, ...more] = open.length > 0 || want === 'open' ? open : runs.slice(0, 1)
  if (first && more.length === 0) return first.run
  const what = first
    ? `${open.length} runs are open: ${open.map(({ run }) => run).join(', ')}`
    : `there is no ${want === 'open' ? 'open ' : ''}run in ${root}`
  throw new DeployError({
    code: 'run-unclear',
    what,
    remedy: first ? 'name one of them' : 'deploy list shows the runs of this folder; runs are kept beside deploy.yaml',
  })
}

const isOpen = ({ last }: RunSummary): boolean => last !== null && last.type !== 'closed'
