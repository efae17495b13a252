import { inject, onTestFinished } from 'vitest'
import { connectLab, type Lab } from './lab.ts'
import type { LabNamespace } from './namespace.ts'

// Killed with SIGKILL, vitest leaves its worker behind, which would go on until the test's timeout.
process.once('disconnect', () => process.exit(1))

/** The lab of this run. */
export const lab: Lab = connectLab(inject('lab'), inject('program'))

/** A fresh namespace, deleted when the test is over. */
export async function freshNamespace(cluster = 'a'): Promise<LabNamespace> {
  const namespace = await lab.cluster(cluster).namespace()
  onTestFinished(() => namespace.delete())
  return namespace
}
