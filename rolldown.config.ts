import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { defineConfig, type Plugin } from 'rolldown'

/**
 * The bundle that is shipped: CommonJS, minified, with a chunk for each thing that is loaded late. CommonJS, since the
 * ESM faces of Node's own modules load its HTTP client (nodejs/node#59686), which costs 25 ms at every start.
 */
export default defineConfig({
  input: { main: 'bin/deploy.ts' },
  platform: 'node',
  tsconfig: false,
  transform: { target: 'node24' },
  treeshake: {
    // client-node does not say that its thousand files have no side effects. `undefined`: as the package itself says.
    moduleSideEffects: (id) => (id.includes('/@kubernetes/client-node/') ? false : undefined),
  },
  plugins: [emptied(), childProcessLater(), openidLater(), unused(), licences()],
  output: {
    dir: 'dist',
    format: 'cjs',
    minify: true,
    comments: false,
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name]-[hash].cjs',
  },
})

/** Chunks of an earlier build have other names and would be shipped too. */
function emptied(): Plugin {
  return { name: 'emptied', renderStart: ({ dir = 'dist' }) => rm(dir, { recursive: true, force: true }) }
}

/** commander starts programs for subcommands that are files, which there are none of. Loading this costs 2 ms at every start. */
function childProcessLater(): Plugin {
  const shim = '\0child-process-later'
  return {
    name: 'child-process-later',
    resolveId: (id, importer) => (id === 'node:child_process' && importer?.includes('/commander/') ? shim : null),
    load: (id) =>
      id === shim
        ? `export default { spawn: (...all) => process.getBuiltinModule('node:child_process').spawn(...all) }`
        : null,
  }
}

/** client-node needs `openid-client` only to renew the token of an OIDC user, and would load it for everybody. */
function openidLater(): Plugin {
  const shim = '\0openid-later'
  return {
    name: 'openid-later',
    resolveId: (id, importer) => (id === 'openid-client' && importer !== shim ? shim : null),
    load: (id) =>
      id === shim
        ? `const real = () => import('openid-client')
           export const customFetch = Symbol('custom fetch')
           export const discovery = async (server, client, metadata, login, options) => {
             const openid = await real()
             const passed = options?.[customFetch] ? { [openid.customFetch]: options[customFetch] } : options
             return openid.discovery(server, client, metadata, login, passed)
           }
           export const refreshTokenGrant = async (...all) => (await real()).refreshTokenGrant(...all)`
        : null,
  }
}

/** What client-node would connect with by way of `node:http`: here undici sends, and knows proxies itself. */
function unused(): Plugin {
  const names: Readonly<Record<string, readonly string[]>> = {
    hpagent: ['HttpProxyAgent', 'HttpsProxyAgent'],
    socks: ['SocksClient'],
    'socks-proxy-agent': ['SocksProxyAgent'],
  }
  return {
    name: 'unused',
    resolveId: (id) => (id in names ? { id: `\0unused:${id}`, moduleSideEffects: false } : null),
    load: (id) =>
      id.startsWith('\0unused:')
        ? (names[id.slice(8)] ?? [])
            .map(
              (name) => `export class ${name} { constructor() { throw new Error('${name} is not in this bundle') } }`,
            )
            .join('\n')
        : null,
  }
}

/** What the authors of the bundled packages ask for in return: their names, versions and licences, beside the bundle. */
function licences(): Plugin {
  return {
    name: 'licences',
    async generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((each) => (each.type === 'chunk' ? each.moduleIds : []))
      const folders = new Set(
        modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []),
      )
      const texts = await Promise.all([...folders].sort().map(licenceOf))
      this.emitFile({ type: 'asset', fileName: 'LICENCES.txt', source: texts.join(`\n${'-'.repeat(80)}\n\n`) })
    },
  }
}

async function licenceOf(folder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>
  const files = (await readdir(folder)).filter((name) => /^(licen[cs]e|notice|copying)/i.test(name)).sort()
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
  const { name, version, license } = manifest
  return [`${String(name)} ${String(version)}, ${String(license)}`, ...texts.map((text) => text.trim()), ''].join(
    '\n\n',
  )
}
