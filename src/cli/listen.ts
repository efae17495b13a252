import type { Screen } from '../report/screen.ts'
import type { Asks } from '../engine/asks.ts'
import { canAsk, keyboard } from './keyboard.ts'
import type { Process } from './process.ts'

export interface Listening {
  readonly asks: Pick<Asks, 'ask'>
  readonly screen: Screen
  readonly process: Pick<Process, 'streams' | 'env' | 'onSignal'>
  readonly by: string
  readonly isPaused: () => boolean
  /** What a signal does where nobody can be asked. */
  readonly onSignal?: 'back' | 'leave'
}

/** What can be typed while a run is paused. */
export const keysOfPause =
  'paused: "p" and Enter goes on to the next stage, "r" tries again from here, "a" takes the release back'

const question =
  'Ctrl-C: type "a" and Enter to take the release back, "l" to leave it as it is with nobody watching, Enter to go on; Ctrl-C again leaves it'

/**
 * Signals and keys. At a terminal Ctrl-C asks, and a second one leaves. Elsewhere nobody can be asked: requests go back
 * to the old pods at once, and the run stays open; unless somebody else goes on at once (`leave`).
 */
export function listen({ asks, screen, process, by, isPaused, onSignal = 'back' }: Listening): Disposable {
  const asksPeople = canAsk(process)
  let asked = false
  const interrupted = (): void => {
    if (asked) return asks.ask({ verb: 'detach', by, exit: 'interrupted' })
    asked = true
    screen.say(question)
  }
  const signals = process.onSignal((signal) => {
    if (signal === 'SIGINT' && asksPeople) interrupted()
    else {
      const exit = signal === 'SIGINT' ? 'interrupted' : 'terminated'
      asks.ask({ verb: onSignal === 'leave' ? 'detach' : 'leave', by: signal, exit })
    }
  })
  if (!asksPeople) return signals

  const keys = keyboard(process, {
    interrupt: interrupted,
    line(text) {
      const word = text.trim().toLowerCase()
      if (word === 'a' && (asked || isPaused())) asks.ask({ verb: 'abort', by })
      else if (word === 'l' && asked) asks.ask({ verb: 'detach', by, exit: 'interrupted' })
      else if (word === 'p' && isPaused()) asks.ask({ verb: 'promote', by })
      else if (word === 'r' && isPaused()) asks.ask({ verb: 'resume', by })
      else if (isPaused()) screen.say(keysOfPause)
      else if (asked) screen.say('')
      asked = false
    },
  })
  return {
    [Symbol.dispose]() {
      signals[Symbol.dispose]()
      keys[Symbol.dispose]()
    },
  }
}
