import type { TestProject } from 'vitest/node'
import { bootLab } from './boot.ts'
import type { LabFacts } from './facts.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** How to reach the lab of this run. */
    lab: LabFacts
  }
}

/** Boots one lab for the whole tier and takes it down at the end; when vitest is killed it goes down by itself. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const say = (text: string) => void process.stderr.write(`lab: ${text}\n`)
  const { facts, down } = await bootLab({ name: 'tests', clusters: 2, nodes: 4, say })
  project.provide('lab', facts)
  return down
}
