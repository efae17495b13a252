import {
  createWritable,
  DefaultRenderer,
  Listr,
  type ListrDefaultRendererLogLevels,
  ListrEventType,
  ListrLogger,
  ProcessOutput,
} from 'listr2'
import type { Entry } from '../core/journal.ts'
import type { Plan } from '../core/plan.ts'
import { escapeText } from '../core/text.ts'
import type { Millis } from '../core/time.ts'
import { goesWithout } from './evidence-figure.ts'
import { factText, isQuiet } from './facts.ts'
import type { Paint } from './paint.ts'
import type { Progress, Screen } from './screen.ts'
import { frame } from './tree-frame.ts'

export interface TreeOptions {
  readonly plan: Plan
  readonly stream: NodeJS.WriteStream
  readonly paint: Paint
}

const mostNotes = 3
/** What a question to the person at the keyboard is answered by, whoever gave the answer. */
const answers: ReadonlySet<Entry['type']> = new Set(['asked', 'resumed', 'turned', 'paused'])
/** What is said under the picture. */
const notable: ReadonlySet<Entry['type']> = new Set(['warned', 'drifted', 'refused', 'asked'])
/** A run of a hundred units changes more often than an eye sees. */
const betweenFrames: Millis = 100

/**
 * The live picture on a terminal. listr2 owns the terminal (cursor, repainting, what others write meanwhile is held
 * back to the end); what is painted is ours, because its tree of tasks knows no bars, clocks or ways back.
 */
export function treeScreen({ plan, stream, paint }: TreeOptions): Screen {
  let progress: Progress | null = null
  let opened: Extract<Entry, { type: 'opened' }> | undefined
  let notes: readonly string[] = []
  let question = ''
  let block = ''
  let painted: Millis = 0
  let closing: Promise<void> | null = null
  const over = Promise.withResolvers<void>()

  // Only stderr is taken over; stdout carries data and is nobody's screen.
  const output = new ProcessOutput(stream, createWritable(() => {}) as NodeJS.WriteStream, { leaveEmptyLine: false })
  const picture = (): string =>
    progress === null
      ? ''
      : frame(progress, {
          columns: stream.columns || 80,
          rows: stream.rows || 24,
          paint,
          notes: question === '' ? notes : [...notes, question],
          ...(opened && { opened }),
        }).join('\n')

  /** listr2 takes renderers as classes only. */
  class TreeRenderer extends DefaultRenderer {
    // listr2 asks stdout whether it is a terminal; ours is stderr, and who opens this screen has asked.
    static override nonTTY = true
    override create(): string {
      return picture()
    }
  }

  const list = new Listr([{ task: () => over.promise }], {
    renderer: TreeRenderer,
    rendererOptions: { lazy: true, logger: new ListrLogger<ListrDefaultRendererLogLevels>({ processOutput: output }) },
    // Its own handler ends the process with 127 and no word about where the requests go.
    registerSignalListeners: false,
  })
  const running = list.run()
  // A process that ends without `close` still gives back the cursor, and what others wrote meanwhile.
  const restore = (): void => output.release()
  process.once('exit', restore)
  const repaint = (): void => list.events.emit(ListrEventType.SHOULD_REFRESH_RENDER)
  const note = (text: string): void => {
    notes = [...notes, text].slice(-mostNotes)
  }
  const told = new Set<string>()
  const tellOnce = (text: string): void => {
    if (told.has(text)) return
    told.add(text)
    note(text)
  }

  return {
    show(next) {
      progress = next
      // Of a hundred units it is the same.
      for (const { text } of goesWithout(plan, next.comparisons)) tellOnce(escapeText(text))
      if (next.now - painted < betweenFrames) return
      painted = next.now
      repaint()
    },
    fact(entry) {
      if (entry.type === 'opened') opened = entry
      if (answers.has(entry.type)) question = ''
      if (notable.has(entry.type) && !isQuiet(entry)) note(factText(entry, plan))
    },
    say(text) {
      question = escapeText(text)
      // The terminal has echoed `^C` where the cursor is: below the picture, on a line that is not repainted.
      output.toStdout('\r\u001B[K', false)
      repaint()
    },
    end(text) {
      block = text
    },
    close() {
      closing ??= finish()
      return closing
    },
  }

  async function finish(): Promise<void> {
    over.resolve()
    await running
    process.off('exit', restore)
    if (block !== '') stream.write(`\n${block}\n`)
  }
}
