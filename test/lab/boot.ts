import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { binaries } from './binaries.ts'
import { cached } from './cache.ts'
import type { LabFacts } from './facts.ts'
import type { Report, SupervisorSpec } from './supervisor.ts'

export type BootOptions = {
  /** Part of every name that the lab makes; lower-case letters and digits. */
  readonly name?: string
  /** How many clusters side by side; they are called a, b, c … */
  readonly clusters?: number
  /** Fake nodes per cluster, of 4 CPUs and 110 pods each. */
  readonly nodes?: number
  /** Gets progress and the deaths of components. */
  readonly say?: (text: string) => void
}

export type BootedLab = {
  readonly facts: LabFacts
  /** Ends every process of the lab and removes everything that it made. */
  down(): Promise<void>
  /** Resolves when the lab is gone, by `down` or because its supervisor died. */
  readonly gone: Promise<void>
}

/**
 * Boots a lab and resolves when all of it is ready. It ends by `down`, or by itself when this process ends, however
 * that happens. Needs root, and a cache filled by `build.ts`.
 */
export async function bootLab(options: BootOptions = {}): Promise<BootedLab> {
  const { name = 'lab', clusters = 2, nodes = 4, say = () => {} } = options
  checkMachine()
  const spec: SupervisorSpec = { name, clusters: 'abcdefgh'.slice(0, clusters).split(''), nodes }
  // Detached: a Ctrl-C at the terminal is for us; we close its standard input in our own time, or by dying.
  const supervisor = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'supervisor.ts'), JSON.stringify(spec)],
    { detached: true, stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const gone = new Promise<void>((resolve) => supervisor.once('close', () => resolve()))
  const down = async () => {
    supervisor.stdin.end()
    await gone
  }
  try {
    return { facts: await ready(supervisor, gone, say), down, gone }
  } catch (error) {
    await down()
    throw error
  }
}

function checkMachine(): void {
  if (Number.parseInt(process.versions.node) < 24) throw new Error(`the lab needs Node 24, this is ${process.version}`)
  if (process.getuid?.() !== 0) throw new Error('the lab needs root, for its network namespaces')
  const needed = binaries.flatMap(({ programs }) => programs)
  const missing = needed.filter(({ name }) => !existsSync(cached(name))).map(({ name }) => name)
  if (missing.length > 0) throw new Error(`not built yet: ${missing.join(', ')}; run node test/lab/build.ts`)
}

function ready(supervisor: ChildProcess, gone: Promise<void>, say: (text: string) => void): Promise<LabFacts> {
  return new Promise((resolve, reject) => {
    supervisor.once('error', reject)
    supervisor.stdin?.on('error', () => {}) // gone already
    void gone.then(() => reject(new Error('the lab ended before it was ready')))
    createInterface({ input: supervisor.stdout! }).on('line', (line) => {
      const report = JSON.parse(line) as Report
      if (report.type === 'ready') resolve(report.facts)
      else if (report.type === 'failed') reject(new Error(`the lab did not boot: ${report.message}`))
      else say(report.text)
    })
  })
}
