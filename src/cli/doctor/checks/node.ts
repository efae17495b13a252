import { version } from 'node:process'
import manifest from '../../../../package.json' with { type: 'json' }
import type { Check, Finding } from '../check.ts'

export const node: Check = {
  name: 'node',
  asks: 'Is Node.js new enough?',
  look: () => [nodeFinding(version)],
}

/** Of a version like `v24.11.0`. */
export function nodeFinding(found: string): Finding {
  const least = manifest.engines.node.replace('>=', '')
  const [have, need] = [numbersIn(found), numbersIn(least)]
  const enough = have[0] > need[0] || (have[0] === need[0] && have[1] >= need[1])
  return enough
    ? { answer: 'ok', what: `Node.js ${found}` }
    : {
        answer: 'fail',
        what: `Node.js ${found} is older than ${least}`,
        remedy: 'install a newer one, or put it first on PATH',
      }
}

const numbersIn = (text: string): [number, number] => {
  const [major = 0, minor = 0] = text.replace('v', '').split('.').map(Number)
  return [major, minor]
}
