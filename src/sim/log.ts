import type { Pod } from '../core/objects.ts'

/** What a container of ours would have written: the story of its last death, or that it serves. */
export function logOf(
  pod: Pod | undefined,
  { lines, previous }: { readonly lines: number; readonly previous: boolean },
): string {
  const [container] = pod?.status?.containerStatuses ?? []
  const death = container?.lastState?.terminated ?? container?.state?.terminated
  if (!container || (previous && !death)) return ''
  const story =
    previous && death
      ? [`starting ${container.image}`, `fatal: simulated death, exit code ${death.exitCode} (${death.reason})`]
      : [`starting ${container.image}`, ...(container.ready ? ['ready'] : [])]
  return story.slice(-lines).join('\n')
}
