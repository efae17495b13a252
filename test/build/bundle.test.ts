import { access, mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { createRun } from '../../src/adapters/journal/open.ts'
import { sampleWriter } from '../../src/adapters/journal/samples.ts'
import { pageTexts } from '../../src/cli/page-texts.ts'
import { savePlan } from '../../src/cli/plan-file.ts'
import { minorVersion } from '../../src/cli/version.ts'
import { planHash } from '../../src/core/plan-hash.ts'
import { planOf } from '../support/plans.ts'
import { type Ended, published, root, run, type Start } from './bundle.ts'

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'deploy-bundle-'))

let folder = ''
beforeAll(async () => {
  folder = await published()
}, 120_000)

const plan = { ...planOf(), tool: minorVersion }

const deploy = (args: readonly string[], start?: Start): Ended => run(join(folder, 'bin/deploy.cjs'), args, start)

describe('the bundle', () => {
  it('says its version', () => {
    expect(deploy(['--version'])).toEqual({ exit: 0, stdout: `${manifest.version}\n`, stderr: '' })
  })

  it('says its commands', () => {
    const { exit, stdout, stderr } = deploy(['--help'])
    expect(exit).toBe(0)
    expect(stderr).toBe('')
    for (const command of ['rolling', 'blue-green', 'canary', 'plan', 'apply', 'rollback'])
      expect(stdout).toContain(command)
  })

  it('refuses an unknown command as usage, with the nearest one', () => {
    const { exit, stdout, stderr } = deploy(['canry', 'v1.2.3'])
    expect(exit).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain("unknown command 'canry'")
    expect(stderr).toContain('canary')
  })

  it('says the same as the program from source', async () => {
    const source = await execa(process.execPath, [join(root, 'bin/deploy.ts'), 'plan', '--help'])
    expect(deploy(['plan', '--help']).stdout).toBe(`${source.stdout}\n`)
  })

  it('loads the part of a command that talks to clusters', async () => {
    const cwd = await newFolder()
    await writeFile(
      join(cwd, 'deploy.yaml'),
      'version: 1\nservices: { web: { image: ghcr.io/acme/web } }\nenvironments: { prod: { clusters: [{ context: prod }] } }\n',
    )
    const { exit, stderr } = deploy(['plan', 'canary', 'v1.2.3'], { cwd, env: { KUBECONFIG: join(cwd, 'none') } })
    expect(stderr).toContain('kubeconfig-missing')
    expect(exit).toBe(2)
  })
})

describe('a report', () => {
  it('has in it all that it draws with', async () => {
    const cwd = await newFolder()
    await writeFile(join(cwd, 'deploy.yaml'), 'version: 1\n')
    const opened = await createRun({ root: cwd, run: 'r7f3', plan })
    await opened.journal.append([{ type: 'opened', run: 'r7f3', plan: planHash(plan), by: 'anna', host: 'ci' }], 0)
    await opened.journal[Symbol.asyncDispose]()
    const samples = sampleWriter(opened.folder.samples, { v: 1, run: 'r7f3', plan: planHash(plan), began: 0 })
    const pods = { pods: 1, ready: 1 }
    for (const t of [0, 5]) samples.write({ t, unit: 'web@us-east-1', stage: null, weight: 0, new: pods, stable: pods })
    await samples[Symbol.asyncDispose]()
    expect(deploy(['report', 'run'], { cwd })).toMatchObject({ exit: 0, stderr: '' })
    const page = await readFile(join(opened.folder.path, 'report.html'), 'utf8')
    for (const text of Object.values(pageTexts)) expect(page).toContain(text)
  })
})

describe('start-up', () => {
  it.each([
    { what: '--help', args: ['--help'], exit: 0 },
    { what: 'explain', args: ['explain', 'plan-stale'], exit: 0 },
    { what: 'completion', args: ['completion', 'bash'], exit: 0 },
    { what: 'what the shells ask', args: ['complete', '--', 'canary', '--set', ''], exit: 0 },
    { what: 'judge', args: ['judge', '--samples', join(root, 'examples/judge/good.ndjson')], exit: 0 },
    { what: 'plan of a file', args: ['plan', 'plan.json'], exit: 0 },
    { what: 'plan without a configuration', args: ['plan', 'canary', 'v1.2.3'], exit: 2 },
    { what: 'plan with a bad configuration', args: ['plan', 'canary', 'v1.2.3'], file: 'version: 2\n', exit: 2 },
  ])('of $what loads nothing of the network and starts no program', async ({ args, file, exit }) => {
    const cwd = await newFolder()
    if (file) await writeFile(join(cwd, 'deploy.yaml'), file)
    await savePlan(join(cwd, 'plan.json'), plan, planHash(plan))
    const { ended, builtins } = await loadedBy(args, cwd)
    expect(ended.exit).toBe(exit)
    const forbidden = /^(tls|https?|http2|net|child_process|_http_|_tls_|internal\/deps\/undici)/
    expect(builtins.filter((name) => forbidden.test(name))).toEqual([])
  })

  it('of --help reads one file, of 60 KB at the most', async () => {
    const { files } = await loadedBy(['--help'])
    expect(files).toEqual(['bin/deploy.cjs', 'dist/main.cjs'])
    expect((await stat(join(folder, 'dist/main.cjs'))).size).toBeLessThanOrEqual(60 * 1024)
  })

  it('keeps compiled code in a folder of the user alone', async () => {
    const cache = await newFolder()
    await mkdir(join(cache, 'deploy/v8'), { recursive: true, mode: 0o755 })
    deploy(['--version'], { env: { XDG_CACHE_HOME: cache } })
    expect((await stat(join(cache, 'deploy/v8'))).mode & 0o777).toBe(0o700)
    expect(await readdir(join(cache, 'deploy/v8'))).not.toEqual([])
  })

  it('works where nothing can be kept', () => {
    expect(deploy(['--version'], { env: { XDG_CACHE_HOME: '/proc/none' } }).exit).toBe(0)
  })

  it('is refused by an old Node.js with a sentence', async ({ skip }) => {
    const old = await oldNode()
    if (old === null) return skip('no Node.js older than 24 on this machine')
    const { exit, stdout, stderr } = deploy(['--help'], { node: old })
    expect(exit).toBe(78)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^error: deploy needs Node\.js 24\.11 or newer; this is v\d+\.[\d.]+ \(.*\)\n/)
    expect(stderr).not.toContain('    at ')
  })
})

describe('what is published', () => {
  it('is the bundle and its papers, and small', async () => {
    const { stdout } = await execa('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: folder })
    const [pack] = JSON.parse(stdout) as [{ size: number; files: { path: string }[] }]
    const names = pack.files.map(({ path }) => path.replace(/^dist\/chunks\/.*/, 'dist/chunks/…'))
    expect([...new Set(names)].sort()).toEqual(
      [
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'bin/deploy.cjs',
        'dist/LICENCES.txt',
        'dist/chunks/…',
        'dist/main.cjs',
        'package.json',
      ].sort(),
    )
    expect(pack.size).toBeLessThan(1_000_000)
  })

  it('needs no other package', () => {
    expect(manifest).not.toHaveProperty('dependencies')
  })

  it('has the licence of every package in it', async () => {
    const text = await readFile(join(folder, 'dist/LICENCES.txt'), 'utf8')
    for (const name of ['@kubernetes/client-node', 'commander', 'undici', 'uplot', 'yaml', 'zod'])
      expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'))
    for (const entry of text.split(/^-{80}$/m)) expect(entry.length, entry.slice(0, 60)).toBeGreaterThan(300)
  })
})

/** The system's own, when it is older than what is needed. */
async function oldNode(): Promise<string | null> {
  const path = '/usr/bin/node'
  if (
    !(await access(path).then(
      () => true,
      () => false,
    ))
  )
    return null
  const { stdout } = await execa(path, ['-p', 'process.versions.node.split(".")[0]'])
  return Number(stdout) < 24 ? path : null
}

/** What a run loaded: modules of Node.js, and files of the package. */
async function loadedBy(args: readonly string[], cwd?: string) {
  const note = join(await newFolder(), 'loaded.json')
  const ended = deploy(args, {
    ...(cwd !== undefined && { cwd }),
    flags: ['-r', join(import.meta.dirname, 'loaded.cjs')],
    env: { LOADED: note },
  })
  const { builtins, files } = JSON.parse(await readFile(note, 'utf8')) as Record<'builtins' | 'files', string[]>
  return {
    ended,
    builtins: builtins.map((name) => name.replace('NativeModule ', '')),
    files: files.filter((file) => file.startsWith(folder)).map((file) => relative(folder, file)),
  }
}
