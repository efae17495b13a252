/** What is known about one topic, ready to be shown. */
export interface Topic {
  readonly kind: 'word' | 'key' | 'error' | 'exit'
  readonly name: string
  readonly means: string
  /** `type`, `default`, `example` of a key. */
  readonly facts?: Readonly<Record<string, string>>
  /** What to do, in the order of trying. */
  readonly todo?: readonly string[]
  readonly see?: readonly string[]
}
