import { ownProcess } from '../../bin/own-process.ts'
import { main } from '../../src/cli/main.ts'
import { ownStrategies } from './strategies.ts'

void main({ strategies: ownStrategies, process: ownProcess() }).then((exit) => {
  process.exitCode = exit
})
