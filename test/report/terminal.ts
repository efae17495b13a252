import { spawn } from '@lydell/node-pty'

export interface Shown {
  /** What a person sees at the end, scrolled-off lines included. */
  readonly lines: readonly string[]
  readonly cursorShown: boolean
  readonly raw: string
  readonly exit: number
  readonly signal: number
}

export interface Session {
  readonly columns?: number
  readonly rows?: number
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Instead of Node.js. */
  readonly program?: string
  /** Keys to press, each once its text is on the screen. */
  readonly keys?: readonly { readonly after: string; readonly press: string }[]
}

/** A program on a terminal of its own, until it ends. */
export function onTerminal(argv: readonly string[], session: Session = {}): Promise<Shown> {
  const { columns = 100, rows = 30, env = {}, keys = [], cwd, program = process.execPath } = session
  const inherited = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    TERM: 'xterm-256color',
    TZ: 'UTC',
  }
  const pty = spawn(program, [...argv], {
    cols: columns,
    rows,
    env: { ...inherited, ...env },
    ...(cwd !== undefined && { cwd }),
  })
  let raw = ''
  let pressed = 0
  pty.onData((text) => {
    raw += text
    const next = keys[pressed]
    if (next && emulate(raw, columns).lines.join('\n').includes(next.after)) {
      pressed += 1
      pty.write(next.press)
    }
  })
  return new Promise((resolve) => {
    pty.onExit(({ exitCode, signal = 0 }) => {
      const { lines, cursorShown } = emulate(raw, columns)
      resolve({ lines, cursorShown, raw, exit: exitCode, signal })
    })
  })
}

/**
 * The few escape sequences that a live picture needs; anything else fails the test that meets it. Lines are never lost:
 * what scrolls off is still above.
 */
function emulate(raw: string, columns: number): { lines: string[]; cursorShown: boolean } {
  const grid: string[][] = [[]]
  let [row, column, cursorShown] = [0, 0, true]
  // oxlint-disable-next-line no-control-regex
  const parts = raw.matchAll(/\u001B\[([?]?)([\d;]*)([A-Za-z])|\r|\n|([^\u001B\r\n])/gu)
  for (const [all, mark, numbers = '', command, character] of parts) {
    const count = Number(numbers.split(';')[0] || '1')
    if (all === '\r') column = 0
    else if (all === '\n') row += 1
    else if (character !== undefined) put(character)
    else if (mark === '?') {
      if (numbers === '25') cursorShown = command === 'h'
    } else if (command === 'A') row = Math.max(0, row - count)
    else if (command === 'B') row += count
    else if (command === 'G') column = numbers === '' ? 0 : count - 1
    else if (command === 'K') erase(numbers)
    else if (command === 'J') grid.splice(row + 1)
    else if (command !== 'm') throw new Error(`the terminal does not know ${JSON.stringify(all)}`)
    while (grid.length <= row) grid.push([])
  }
  return {
    lines: grid.map((line) =>
      line
        .map((cell) => cell || ' ')
        .join('')
        .trimEnd(),
    ),
    cursorShown,
  }

  function put(character: string): void {
    if (column >= columns) [row, column] = [row + 1, 0]
    while (grid.length <= row) grid.push([])
    const line = grid[row] as string[]
    while (line.length < column) line.push(' ')
    line[column] = character
    column += 1
  }

  function erase(numbers: string): void {
    const line = grid[row] ?? []
    if (numbers === '2') line.length = 0
    else line.splice(column)
  }
}
