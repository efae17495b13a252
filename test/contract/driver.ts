import type { Kind } from '../../src/core/kinds.ts'
import type { KubeObject } from '../../src/core/objects.ts'
import type { PatchOp } from '../../src/core/write.ts'
import type { Millis } from '../../src/core/time.ts'

/** A cluster as a script needs it, one namespace of it. What is refused throws. */
export interface Driver {
  apply(objects: readonly object[]): Promise<void>
  replace(object: object): Promise<void>
  patch(kind: Kind, name: string, ops: readonly PatchOp[]): Promise<void>
  /** The next four are of Deployment web. */
  setImage(image: string): Promise<void>
  setEnv(name: string, value: string): Promise<void>
  restart(): Promise<void>
  scale(replicas: number): Promise<void>
  delete(kind: Kind, name: string): Promise<void>
  list(kind: Kind): Promise<readonly KubeObject[]>
  rest(ms: Millis): Promise<void>
  readonly isReal: boolean
}
