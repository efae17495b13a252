import type { Pod } from '../../objects.ts'
import { crashes, exitText, lastExit } from '../exits.ts'
import { restartsSince } from '../memory.ts'
import { called, type Part, partsOf } from '../parts.ts'
import type { Context, PodRule, Sign } from '../rule.ts'
import { said } from '../said.ts'
import { many, times } from '../words.ts'

/** Restarts since the first sight of the pod that nothing explains away. */
const tooMany = 2

const since = (pod: Pod, part: Part, { memory }: Context): number =>
  restartsSince(memory, pod.metadata.uid, part.spec.name)

const loops = (part: Part): boolean => part.status.state?.waiting?.reason === 'CrashLoopBackOff'

function sign(pod: Pod, part: Part, context: Context): Sign {
  const exit = lastExit(part.status)
  const limit = part.spec.resources?.limits?.['memory']
  const how = exit?.exitCode === 0 ? 'ended by itself' : 'crashed'
  return {
    because: `${called(part)} ${how} ${times(crashes(part.status))} with ${exitText(exit, limit)}`,
    evidence: [
      `${many(part.status.restartCount, 'restart')}, ${since(pod, part, context)} since it is watched`,
      ...(exit?.message ? [`its last words: ${said(exit.message)}`] : []),
    ],
  }
}

export const outOfMemory: PodRule = {
  of: 'pod',
  id: 'out-of-memory',
  summary: 'killed for its memory: the first time while starting, after that the second time',
  confirm: 0,
  blames: 'release',
  match(pod, context) {
    const starting = !context.memory.beenReady[pod.metadata.uid ?? '']
    const part = partsOf(pod, context.own).find((p) => {
      if (lastExit(p.status)?.reason !== 'OOMKilled') return false
      const restarts = since(pod, p, context)
      const justNow = p.status.state?.terminated !== undefined || loops(p)
      return restarts >= tooMany || (starting && (restarts > 0 || justNow)) || loops(p)
    })
    return part ? sign(pod, part, context) : null
  },
}

export const crashLoop: PodRule = {
  of: 'pod',
  id: 'crash-loop',
  summary: 'a container crashes again and again, or twice while it is watched, Ready in between or not',
  confirm: 0,
  blames: 'either',
  match(pod, context) {
    const part = partsOf(pod, context.own).find((p) => {
      if (lastExit(p.status)?.reason === 'OOMKilled') return false
      return loops(p) || since(pod, p, context) >= tooMany
    })
    return part ? sign(pod, part, context) : null
  },
}
