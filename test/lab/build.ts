/**
 * Puts every component of the lab into the cache: `node test/lab/build.ts [module …]`.
 * What is there already in the right version is kept; without names, all modules are built.
 * Cold this takes about 20 minutes on two cores and needs Go 1.26 and, once, root for apt.
 */
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { type Binaries, binaries, definitions } from './binaries.ts'
import { cacheDir, cached } from './cache.ts'

const modules = join(import.meta.dirname, 'modules')
const ldflags = '-s -w'

await main(process.argv.slice(2))

async function main(wanted: readonly string[]): Promise<void> {
  const unknown = wanted.filter((name) => !binaries.some(({ module }) => module === name))
  if (unknown.length > 0) {
    throw new Error(`no such module: ${unknown.join(', ')} (there are ${binaries.map((b) => b.module).join(', ')})`)
  }
  await mkdir(cacheDir, { recursive: true })
  await systemPackages()
  for (const each of binaries) {
    if (wanted.length === 0 || wanted.includes(each.module)) await build(each)
  }
  for (const each of definitions) await copyDefinitions(each)
  say(`all there: ${cacheDir}`)
}

/** `ip` makes the namespaces, `nft` carries kube-proxy's rules, `openssl` the certificates. */
async function systemPackages(): Promise<void> {
  const needed = { ip: 'iproute2', nft: 'nftables', openssl: 'openssl', setpriv: 'util-linux' }
  const missing: string[] = []
  for (const [command, pkg] of Object.entries(needed)) {
    if ((await execa('sh', ['-c', `command -v ${command}`], { reject: false })).exitCode !== 0) missing.push(pkg)
  }
  if (missing.length === 0) return
  say(`apt-get install ${missing.join(' ')}`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await execa('apt-get', ['update', '-q'], { env })
  await execa('apt-get', ['install', '-qy', ...missing], { env })
}

async function build(from: Binaries): Promise<void> {
  const stamp = await stampOf(from)
  const stampFile = cached(`${from.module}.stamp`)
  if ((await readOr(stampFile, '')) === stamp) return
  if (await alreadyRight(from)) {
    await writeFile(stampFile, stamp)
    return
  }
  say(`${from.module}: building ${from.programs.map(({ name }) => name).join(', ')} (minutes)`)
  const started = performance.now()
  // Next to where the programs end up, so that the rename at the end is one step of one file system.
  const out = await mkdtemp(cached('.building-'))
  const source = await mkdtemp(join(tmpdir(), 'deploy-lab-'))
  try {
    await cp(join(modules, from.module), source, { recursive: true })
    for (const { name, pkg } of from.programs) {
      const tags = from.tags === undefined ? [] : ['-tags', from.tags]
      await execa('go', ['build', '-trimpath', '-ldflags', ldflags, ...tags, '-o', join(out, name), pkg], {
        cwd: source,
        env: { CGO_ENABLED: from.cgo ? '1' : '0' },
        stdout: 'inherit',
        stderr: 'inherit',
      })
      await rename(join(out, name), cached(name))
      say(`${from.module}: ${name} after ${Math.round((performance.now() - started) / 1000)} s`)
    }
    await writeFile(stampFile, stamp)
  } finally {
    await rm(out, { recursive: true, force: true })
    await rm(source, { recursive: true, force: true })
  }
}

/** A program of an earlier build, or of another tool with the same cache, names its version itself. */
async function alreadyRight(from: Binaries): Promise<boolean> {
  for (const { name, version } of from.programs) {
    const { stdout } = await execa('go', ['version', '-m', cached(name)], { reject: false })
    const [path, number] = version.split(' ')
    if (!new RegExp(`^\\tmod\\t${path}\\t${number}\\b`, 'm').test(stdout ?? '')) return false
  }
  return true
}

async function stampOf(from: Binaries): Promise<string> {
  const hash = createHash('sha256')
  for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(join(modules, from.module, file)))
  hash.update(JSON.stringify({ from, ldflags }))
  return `${from.programs.map(({ version }) => version).join('\n')}\n${hash.digest('hex')}\n`
}

async function copyDefinitions({ name, module, folder, keep }: (typeof definitions)[number]): Promise<void> {
  const stampFile = cached(`${name}.stamp`)
  if ((await readOr(stampFile, '')) === `${module}\n`) return
  say(`${name}: ${module}`)
  const { stdout } = await execa('go', ['mod', 'download', '-json', module], { cwd: tmpdir() })
  const { Dir } = JSON.parse(stdout) as { readonly Dir: string }
  const out = await mkdtemp(cached('.building-'))
  for (const file of await readdir(join(Dir, folder))) {
    // read and written, not copied: files of Go's module cache are read-only
    if (keep(file)) await writeFile(join(out, file), await readFile(join(Dir, folder, file)))
  }
  await rm(cached(name), { recursive: true, force: true })
  await rename(out, cached(name))
  await writeFile(stampFile, `${module}\n`)
}

async function readOr(file: string, otherwise: string): Promise<string> {
  return await readFile(file, 'utf8').catch(() => otherwise)
}

function say(line: string): void {
  process.stdout.write(`lab: ${line}\n`)
}
