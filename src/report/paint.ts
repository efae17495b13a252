import { styleText } from 'node:util'

/** Colours are decoration: every text says the same without them. */
export interface Paint {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly busy: (text: string) => string
  readonly warn: (text: string) => string
}

const painter =
  (...format: Parameters<typeof styleText>[0][]) =>
  (text: string): string =>
    text === '' ? '' : styleText(format.flat() as Parameters<typeof styleText>[0], text, { validateStream: false })

const plainly = (text: string): string => text

export const plain: Paint = { bold: plainly, dim: plainly, good: plainly, bad: plainly, busy: plainly, warn: plainly }

export const colours: Paint = {
  bold: painter('bold'),
  dim: painter('dim'),
  good: painter('green'),
  bad: painter('red', 'bold'),
  busy: painter('cyan'),
  warn: painter('yellow'),
}

export interface ColourWish {
  /** `--color` or `--no-color`; it beats all others. */
  readonly flag?: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether this stream is a terminal: stdout may be one when stderr is not. */
  readonly isTTY: boolean
}

/** Colour is decided for each stream: flag, then NO_COLOR, then FORCE_COLOR, then whether it is a terminal. */
export function paintFor({ flag, env, isTTY }: ColourWish): Paint {
  if (flag !== undefined) return flag ? colours : plain
  // https://no-color.org: present and not empty, whatever its value.
  if (env['NO_COLOR']) return plain
  const force = env['FORCE_COLOR']
  if (force !== undefined) return force === '0' || force === 'false' ? plain : colours
  return isTTY && env['TERM'] !== 'dumb' ? colours : plain
}
