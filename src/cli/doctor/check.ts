import type { Finding } from '../../report/documents/doctor.ts'
import type { Scene } from './scene.ts'

export type { Finding }

/** One question that `deploy doctor` asks. A new one is a file here and a line in `checks.ts`. */
export interface Check {
  readonly name: string
  /** The question, for people. */
  readonly asks: string
  readonly look: (scene: Scene) => Promise<readonly Finding[]> | readonly Finding[]
}
