import { readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
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
  plugins: [emptied(), shimmed(), inlined(), licences()],
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

const missing = (name: string): string =>
  `export class ${name} { constructor() { throw new Error('${name} is not in this bundle') } }`

interface Shim {
  readonly of: string
  /** Only where this one imports it. */
  readonly importer?: RegExp
  readonly code: string
}

/** What is put in the place of packages, because of what they would load. From source they are as they are. */
const shims: readonly Shim[] = [
  {
    // commander starts subcommands that are files by it, client-node programs of Google and Azure that log in. Loading it costs 2 ms.
    of: 'node:child_process',
    importer: /\/commander\/|\/@kubernetes\/client-node\//,
    code: `const later = (name) => (...all) => process.getBuiltinModule('node:child_process')[name](...all)
      export default { spawn: later('spawn'), spawnSync: later('spawnSync'), execSync: later('execSync') }`,
  },
  ...['node:process', 'node:fs'].map((of) => ({
    // An import of the whole of it copies every property.
    of,
    importer: /\/commander\//,
    code: `export default globalThis.process.getBuiltinModule('${of}')`,
  })),
  {
    // Its expressions and its table of graphemes cost 20 ms, and few texts need more than a count of characters.
    of: 'string-width',
    code: `let load
      const real = () => require('string-width').default
      export default (...all) => (load ??= real())(...all)`,
  },
  {
    // Two thirds of it (fetch, web sockets, caches, mocks) nobody calls. An agent, and the methods that it gets from the index.
    of: 'undici',
    code: `import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'
      import api from 'undici/lib/api/index.js'
      import Agent from 'undici/lib/dispatcher/agent.js'
      import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js'
      import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js'
      Object.assign(Dispatcher.prototype, api)
      // Its instances are the real ones; for that alone the part of undici is loaded that fetch has, too.
      export class WebSocket {
        static OPEN = 1
        constructor(...all) { return new (require('undici/lib/web/websocket/websocket.js').WebSocket)(...all) }
      }
      export const fetch = () => { throw new Error('fetch is not in this bundle') }
      export { Agent, ProxyAgent, EnvHttpProxyAgent }`,
  },
  {
    // client-node needs it only to renew the token of an OIDC user, and would load it for everybody.
    of: 'openid-client',
    code: `const real = () => import('openid-client')
      export const customFetch = Symbol('custom fetch')
      export const discovery = async (server, client, metadata, login, options) => {
        const openid = await real()
        const passed = options?.[customFetch] ? { [openid.customFetch]: options[customFetch] } : options
        return openid.discovery(server, client, metadata, login, passed)
      }
      export const refreshTokenGrant = async (...all) => (await real()).refreshTokenGrant(...all)`,
  },
  {
    // client-node needs it only for the old way of logging in to Google and Azure.
    of: 'jsonpath-plus',
    code: `export const JSONPath = (...all) => require('jsonpath-plus').JSONPath(...all)`,
  },
  // client-node would read kubeconfig files with it, which it is not asked to.
  {
    of: 'js-yaml',
    code: `export const load = () => { throw new Error('js-yaml is not in this bundle') }\n export const loadAll = load\n export const dump = load`,
  },
  // What client-node would connect with by way of node:http: here undici sends, and knows proxies itself.
  { of: 'hpagent', code: ['HttpProxyAgent', 'HttpsProxyAgent'].map(missing).join('\n') },
  { of: 'socks', code: missing('SocksClient') },
  { of: 'socks-proxy-agent', code: missing('SocksProxyAgent') },
]

function shimmed(): Plugin {
  const mark = '\0shim:'
  return {
    name: 'shimmed',
    resolveId(id, importer) {
      const shim = shims.find(({ of, importer: only }) => of === id && (!only || only.test(importer ?? '')))
      return shim && importer !== `${mark}${id}` ? `${mark}${id}` : null
    },
    load: (id) => shims.find(({ of }) => id === `${mark}${of}`)?.code ?? null,
  }
}

/** Files that are inlined as text; their authors have licences, too. */
const textsOf = new Set<string>()

/** `name: textOf('path')` of page-texts.ts becomes the text itself. */
function inlined(): Plugin {
  return {
    name: 'inlined',
    async load(id) {
      if (!id.endsWith('/page-texts.ts')) return null
      const { resolve } = createRequire(id)
      const wanted = (await readFile(id, 'utf8')).matchAll(/(\w+): textOf\('([^']+)'\)/g)
      const texts = Array.from(wanted, async ([, name = '', path = '']): Promise<readonly [string, string]> => {
        const file = resolve(path)
        textsOf.add(file)
        return [name, await readFile(file, 'utf8')]
      })
      return `export const pageTexts = ${JSON.stringify(Object.fromEntries(await Promise.all(texts)))}`
    },
  }
}

/** What the authors of the bundled packages ask for in return: their names, versions and licences, beside the bundle. */
function licences(): Plugin {
  return {
    name: 'licences',
    async generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((each) => (each.type === 'chunk' ? each.moduleIds : []))
      const folders = new Set(
        [...modules, ...textsOf].flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []),
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
