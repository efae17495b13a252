import type { Cluster } from '../../src/ports.ts'

/** Thrown where a SIGKILL would have been: no code of the driver may catch it and go on. */
export class Killed extends Error {}

/** Counts the moments at which a driver could die (around each append and each write), and dies at the k-th. */
export interface Mortality {
  readonly moment: (what: string) => void
  readonly isDead: () => boolean
  readonly count: () => number
  readonly where: () => string
}

export function mortality(dieAt: number): Mortality {
  let count = 0
  let dead = false
  let where = 'never'
  return {
    moment(what) {
      if (dead) throw new Killed(where)
      count += 1
      if (count !== dieAt) return
      dead = true
      where = `${what}, moment ${count}`
      throw new Killed(where)
    },
    isDead: () => dead,
    count: () => count,
    where: () => where,
  }
}

/** The same cluster, to which a dead driver says nothing more. */
export const mortalCluster = (cluster: Cluster, { moment, isDead }: Mortality): Cluster => ({
  ...cluster,
  async write(write, call) {
    moment(`before ${write.verb} ${write.object.kind}/${write.object.name}`)
    const object = await cluster.write(write, call)
    if (isDead()) throw new Killed('dead already')
    moment(`after ${write.verb} ${write.object.kind}/${write.object.name}`)
    return object
  },
})
