/** Races drivers for objects of a real API server: `race-writes.ts SPEC`, in a network namespace of the lab. Prints JSON. */
import { systemClock } from '../../../src/adapters/clock.ts'
import { connect } from '../../../src/adapters/kubernetes/connect.ts'
import { raceTakeovers } from '../../contract/late/race.ts'

export type RaceSpec = { readonly kubeconfig: string; readonly namespace: string; readonly rounds: number }

const { kubeconfig, namespace, rounds } = JSON.parse(process.argv[2] ?? '') as RaceSpec
await using cluster = await connect({ name: 'lab', kubeconfig, env: {}, clock: systemClock, version: 'test' })
process.stdout.write(JSON.stringify(await raceTakeovers(cluster, namespace, rounds)))
