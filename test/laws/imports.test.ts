import { describe, expect, it } from 'vitest'
import { type Import, importsOf, sourcesIn } from './sources.ts'

const imports = sourcesIn('bin', 'src', 'strategies')
  .filter(({ path }) => path.endsWith('.ts'))
  .flatMap(importsOf)

/** What the files of a folder may import: folders and files of the project, and packages. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  strategies: ['strategies/', 'src/core/', 'zod'],
  'src/core': ['src/core/', 'src/judge/', 'zod', 'parse-duration', '@noble/hashes', 'fast-json-patch'],
  'src/judge': ['src/judge/', 'src/core/', 'zod', '@stdlib/math-base-special-betainc'],
  'src/routers': ['src/routers/', 'src/core/'],
  'src/ports.ts': ['src/core/', 'node:stream'],
  'src/config': ['src/config/', 'src/core/', 'parse-duration', 'zod', 'yaml', 'node:'],
  'src/engine': [
    'src/engine/',
    'src/core/',
    'src/judge/',
    'src/routers/',
    'src/config/',
    'src/ports.ts',
    'p-limit',
    'yaml',
  ],
  // A rehearsal is a run of the engine in a simulated world.
  'src/rehearse': ['src/rehearse/', 'src/core/', 'src/judge/', 'src/engine/', 'src/sim/', 'src/ports.ts'],
  'src/report': [
    'src/report/',
    'src/rehearse/rehearsal.ts',
    'src/core/',
    'src/judge/',
    'src/config/setting.ts',
    'zod',
    'listr2',
    'pino',
    'string-width',
    'node:crypto',
    'node:util',
    'node:stream',
  ],
  // It fails in the adapter's words, and watches by the adapter's cache. Only its HTTP face touches a network: loopback.
  'src/sim': ['src/sim/', 'src/core/', 'src/ports.ts', 'src/adapters/kubernetes/', 'fast-json-patch', 'ws', 'node:'],
  'src/adapters/clock.ts': ['src/core/', 'src/ports.ts', 'node:'],
  'src/adapters/hooks': ['src/adapters/hooks/', 'src/core/', 'src/ports.ts', 'execa', 'node:'],
  'src/adapters/journal': ['src/adapters/journal/', 'src/core/', 'src/ports.ts', 'zod', 'node:'],
  'src/adapters/kubernetes': [
    'src/adapters/kubernetes/',
    'src/core/',
    'src/ports.ts',
    'src/config/nearest.ts',
    '@kubernetes/client-node',
    '@smithy/signature-v4',
    'cockatiel',
    'execa',
    'p-limit',
    'undici',
    'yaml',
    'zod',
    'node:',
  ],
  'src/adapters/metrics': [
    'src/adapters/metrics/',
    'src/core/',
    'src/ports.ts',
    '@prometheus-io/lezer-promql',
    'p-limit',
    'undici',
    'zod',
    'node:',
  ],
  'src/adapters/registry': [
    'src/adapters/registry/',
    'src/core/',
    'src/ports.ts',
    'src/config/image.ts',
    'undici',
    'zod',
    'node:',
  ],
  'src/cli': ['src/', 'commander', 'yaml', 'zod', 'package.json', 'node:'],
  bin: ['bin/', 'src/cli/', 'strategies/'],
}

const isIn = (path: string, place: string): boolean =>
  path === place || path.startsWith(place.endsWith('/') ? place : `${place}/`)

const permitted = (path: string, places: readonly string[]): boolean =>
  places.some((place) => path === place || path.startsWith(/[/:]$/.test(place) ? place : `${place}/`))

const shown = ({ from, to }: Import): string => `${from} imports ${to}`

describe('imports', () => {
  it.each(Object.entries(allowed))('of %s are those that it may have', (place, places) => {
    const own = imports.filter(({ from }) => isIn(from, place))
    expect(own).not.toEqual([])
    expect(own.filter(({ to }) => !permitted(to, places)).map(shown)).toEqual([])
  })

  it('are ruled for every folder', () => {
    const ruled = Object.keys(allowed)
    expect(imports.filter(({ from }) => !ruled.some((place) => isIn(from, place))).map(shown)).toEqual([])
  })

  it('load no adapter and nothing of the engine before a command asks for it', () => {
    const reached = reachedFrom('bin/deploy.ts')
    expect(reached).toContain('src/cli/program.ts')
    expect(reached.filter((path) => /^src\/(?:adapters|engine|report|sim)\//.test(path))).toEqual([])
  })
})

/** All files that are loaded with this one. */
function reachedFrom(start: string, seen = new Set<string>()): string[] {
  if (seen.has(start)) return []
  seen.add(start)
  for (const { from, to, lazy, typeOnly } of imports) if (from === start && !lazy && !typeOnly) reachedFrom(to, seen)
  return [...seen]
}
