import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { published } from '../build/bundle.ts'
import { bootLab } from './boot.ts'
import type { Program } from './deploy.ts'
import type { LabFacts } from './facts.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** How to reach the lab of this run. */
    lab: LabFacts
    /** What is published of this checkout. */
    program: Program
  }
}

/** Makes the package that is tested, boots one lab for the whole tier, and takes it down at the end; when vitest is killed it goes down by itself. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const say = (text: string) => void process.stderr.write(`lab: ${text}\n`)
  const bundle = await published()
  const { facts, down } = await bootLab({ name: 'tests', clusters: 2, nodes: 4, say })
  project.provide('lab', facts)
  project.provide('program', join(bundle, 'bin', 'deploy.cjs'))
  return async () => {
    await down()
    await rm(bundle, { recursive: true })
  }
}
