import type { Plan } from '../core/plan.ts'
import { eventScreen } from './event-screen.ts'
import { lineScreen } from './lines.ts'
import { type ColourWish, type Paint, paintFor } from './paint.ts'
import { type Screen, screens, type Sink } from './screen.ts'

export interface ScreenWish {
  readonly plan: Plan
  readonly run: string
  readonly env: ColourWish['env']
  readonly colour?: boolean
  readonly verbose?: boolean
  readonly stderr: NodeJS.WriteStream
  /** Where events go, when they were asked for. */
  readonly events?: Sink
}

/** A tree on a terminal, lines everywhere else; events beside either. */
export async function openScreen(wish: ScreenWish): Promise<Screen> {
  const { plan, run, env, stderr, events, verbose = false } = wish
  const paint = paintOf(stderr, wish)
  const forPeople = isForTree(stderr, env)
    ? // Loaded here because a log needs none of it.
      (await import('./tree.ts')).treeScreen({ plan, stream: stderr, paint })
    : lineScreen({ plan, sink: stderr, verbose })
  return events ? screens([forPeople, eventScreen({ plan, run, sink: events })]) : forPeople
}

/** A job's log keeps every frame that is painted into it, and some CI systems give jobs a terminal. */
export const isForTree = (stream: { readonly isTTY?: boolean }, env: ColourWish['env']): boolean =>
  stream.isTTY === true && env['TERM'] !== 'dumb' && !isCI(env)

const isCI = ({ CI }: ColourWish['env']): boolean => CI !== undefined && CI !== '' && CI !== 'false' && CI !== '0'

export const paintOf = (
  stream: { readonly isTTY?: boolean },
  { env, colour }: Pick<ScreenWish, 'env' | 'colour'>,
): Paint => paintFor({ env, isTTY: stream.isTTY === true, ...(colour !== undefined && { flag: colour }) })
