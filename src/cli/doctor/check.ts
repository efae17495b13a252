import type { Scene } from './scene.ts'

export type Answer = 'ok' | 'warn' | 'fail' | 'skipped'

/** What a check says about one thing. */
export interface Finding {
  readonly answer: Answer
  /** `production/us-east-1`, `web@us-east-1`; nothing where it is about this machine. */
  readonly place?: string
  readonly what: string
  readonly remedy?: string
}

/** One question that `deploy doctor` asks. A new one is a file here and a line in `checks.ts`. */
export interface Check {
  readonly name: string
  /** The question, for people. */
  readonly asks: string
  readonly look: (scene: Scene) => Promise<readonly Finding[]> | readonly Finding[]
}
