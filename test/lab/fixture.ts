import { inject, onTestFinished } from 'vitest'
import { connectLab, type Lab } from './lab.ts'
import type { LabNamespace } from './namespace.ts'

/** The lab of this run. */
export const lab: Lab = connectLab(inject('lab'))

/** A fresh namespace, deleted when the test is over. */
export async function freshNamespace(cluster = 'a'): Promise<LabNamespace> {
  const namespace = await lab.cluster(cluster).namespace()
  onTestFinished(() => namespace.delete())
  return namespace
}
