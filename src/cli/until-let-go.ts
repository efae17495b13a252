import type { Process } from './process.ts'

/**
 * The run is over or left, and what held it is let go, which has deadlines of its own. A signal waits for that: a process
 * that ends before would leave its workload locked.
 */
export function untilLetGo({ onSignal, streams }: Pick<Process, 'onSignal' | 'streams'>): Disposable {
  let isSaid = false
  return onSignal((signal) => {
    if (isSaid) return
    isSaid = true
    streams.stderr.write(`${signal}: letting the locks go, a moment\n`)
  })
}
