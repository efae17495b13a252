import { DeployError } from '../../../core/errors.ts'
import { minute, second } from '../../../core/time.ts'
import type { Check, Finding } from '../check.ts'
import type { Reached } from '../scene.ts'

/** The header has whole seconds, and an answer takes its time. */
const noticed = 5 * second
/** From here on tokens and certificates are refused. */
const harmful = 5 * minute

export const clock: Check = {
  name: 'clock',
  asks: 'Do this clock and those of the API servers agree?',
  look: (scene) => scene.clusters.filter(({ answer }) => !(answer instanceof DeployError)).map(finding),
}

function finding({ place, ahead }: Reached): Finding {
  if (ahead === null) return { answer: 'skipped', place, what: 'the API server does not say its time' }
  const off = Math.abs(ahead)
  if (off < noticed) return { answer: 'ok', place, what: 'agrees to some seconds' }
  return {
    answer: off < harmful ? 'warn' : 'fail',
    place,
    what: `the API server is ${Math.round(off / second)} s ${ahead > 0 ? 'ahead of' : 'behind'} this machine: soaks and deadlines are measured here, the age of pods there`,
    remedy: 'let both follow a time server: timedatectl status',
  }
}
