import type { Script } from '../script.ts'
import { api } from './api.ts'
import { heldCanary, heldRolling, surgeReset, untagged } from './held-surge.ts'
import { proportional } from './proportional.ts'
import { rollOuts } from './roll-out.ts'
import { statefulSets } from './stateful-set.ts'

export const scripts: readonly Script[] = [
  heldCanary,
  heldRolling,
  untagged,
  surgeReset,
  ...proportional,
  ...rollOuts,
  ...statefulSets,
  ...api,
]
