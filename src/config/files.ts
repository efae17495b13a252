/** The few questions that configuration asks of a disk. Synchronous: they are asked once, before anything else runs. */
export interface Files {
  /** What stands at an absolute path; `undefined` when there is nothing. */
  readonly look: (path: string) => Entry | undefined
  /** The whole of a file. Throws as `node:fs` does. */
  readonly read: (path: string) => Uint8Array
}

export interface Entry {
  readonly kind: 'file' | 'folder' | 'other'
  /** In bytes. */
  readonly size: number
  /** Whether this user may run it. */
  readonly executable: boolean
}
