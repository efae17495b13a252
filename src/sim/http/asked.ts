import type { IncomingHttpHeaders } from 'node:http'
import type { JsonObject } from '../../core/json.ts'

/** One request, read to its end. */
export interface Asked {
  readonly method: string
  /** Decoded, in segments: `['apis', 'apps', 'v1', …]`. */
  readonly path: readonly string[]
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Anything that is written over time, until it ends or its reader goes. */
export interface Wire {
  write(text: string): void
  end(): void
  /** Aborts when the reader has gone, or the server ends. */
  readonly gone: AbortSignal
}

export type Reply =
  | { readonly status?: number; readonly json: JsonObject; readonly type?: string }
  | { readonly status?: number; readonly text: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly stream: (wire: Wire) => void }
  /** The connection ends without an answer; or it stays, and there never is one. */
  | { readonly none: 'broken' | 'silence' }

/** `json` as an `accept` header offers it: with its parameters, in the order of preference. */
export const accepted = ({ headers }: Pick<Asked, 'headers'>): readonly string[] =>
  (headers.accept ?? '').split(',').map((type) => type.trim().replaceAll(' ', ''))

export const queried = ({ url }: Pick<Asked, 'url'>, name: string): string | undefined =>
  url.searchParams.get(name) ?? undefined

export const isTrue = (value: string | undefined): boolean => value === 'true' || value === '1'
