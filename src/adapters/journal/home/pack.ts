import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from 'node:zlib'

/** Full segments: what `gunzip` on any machine can read. */
export const gzipped = (text: string): Buffer => gzipSync(text)

/**
 * The plan. Its units are alike, and lie farther apart than gzip looks back (32 KB): a hundred of them, 4 MB, come to
 * 290 KB with gzip and to 23 KB with brotli, in the same time.
 */
export const brotlied = (text: string): Buffer =>
  brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 5,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text),
    },
  })

/** A few bytes can come to gigabytes: what would be more than so many throws. */
export const gunzipped = (packed: Uint8Array, most: number): string =>
  gunzipSync(packed, { maxOutputLength: most }).toString('utf8')

export const unbrotlied = (packed: Uint8Array, most: number): string =>
  brotliDecompressSync(packed, { maxOutputLength: most }).toString('utf8')
