import { main } from '../src/cli/main.ts'
import { lateStrategies } from '../strategies/late.ts'
import { ownProcess } from './own-process.ts'

// No `await` at this level: the bundle is CommonJS. What `main` throws is a bug of its own, and ends with a stack.
void main({ strategies: lateStrategies, process: ownProcess() }).then((exit) => {
  process.exitCode = exit
})
