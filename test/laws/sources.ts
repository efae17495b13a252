import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'

export const root = join(import.meta.dirname, '../..')

export interface Source {
  /** From the top of the project, with `/`. */
  readonly path: string
  readonly text: string
}

/** All files of the project below these folders; without folders, everything that is kept in git. */
export const sourcesIn = (...folders: readonly string[]): Source[] =>
  (folders.length > 0 ? folders : ['.'])
    .flatMap((folder) => filesBelow(join(root, folder)))
    .map((file) => ({ path: relative(root, file).split(sep).join('/'), text: readFileSync(file, 'utf8') }))

const made = new Set(['node_modules', 'dist', 'coverage', '.git', '.deploy', 'modules', 'package-lock.json'])

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (made.has(entry.name) || entry.name.endsWith('.log')) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesBelow(path) : [path]
  })

/** Each line that a pattern is found in, as `file:line: text`. */
export const linesWith = (sources: readonly Source[], pattern: RegExp): string[] =>
  sources.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  )

/** Code without comments: words there may say what code may not do. */
export const withoutComments = ({ path, text }: Source): Source => ({
  path,
  text: text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, '')).replace(/(^|\s)\/\/.*$/gm, ''),
})

export interface Import {
  readonly from: string
  /** A file of the project, or the name of a package. */
  readonly to: string
  /** Loaded when it is needed, by `import()`. */
  readonly lazy: boolean
  readonly typeOnly: boolean
}

const statement =
  /^\s*(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|import\('([^']+)'\)/gm

export const importsOf = (source: Source): Import[] => {
  const { path, text } = withoutComments(source)
  return [...text.matchAll(statement)].map(([, typeOnly, from, bare, lazy]) => {
    const name = from ?? bare ?? lazy ?? ''
    return {
      from: path,
      to: name.startsWith('.') ? posix.join(posix.dirname(path), name) : name,
      lazy: lazy !== undefined,
      typeOnly: typeOnly !== undefined,
    }
  })
}
