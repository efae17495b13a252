import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** One service in one environment with one cluster. Nothing listens on port 1, so its registry has no digest to tell. */
export const usual = [
  'version: 1',
  'services:',
  '  web: { image: localhost:1/acme/web }',
  'environments:',
  '  prod: { clusters: [{ name: east, context: lab }] }',
  '',
].join('\n')

export interface ProjectOf {
  /** `null`: none. */
  readonly config?: string | null
  /** Text by path. */
  readonly files?: Readonly<Record<string, string>>
  /** Those that may be run. */
  readonly executable?: readonly string[]
}

/** A folder with a `deploy.yaml`, gone after the test. */
export async function project({ config = usual, files = {}, executable = [] }: ProjectOf = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-cli-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const all = { ...files, ...(config !== null && { 'deploy.yaml': config }) }
  for (const [path, text] of Object.entries(all)) {
    await mkdir(join(folder, dirname(path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  for (const path of executable) await chmod(join(folder, path), 0o755)
  return folder
}
