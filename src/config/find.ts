import { dirname, join, relative, resolve } from 'node:path'
import { DeployError } from '../core/errors.ts'
import type { Files } from './files.ts'

const fileName = 'deploy.yaml'

/**
 * The path of deploy.yaml: the one asked for, else the first from `cwd` up to the folder that holds `.git`. Outside of
 * a repository only `cwd` counts, so that a file of somebody else further up is never taken by accident.
 * @throws DeployError `config-missing`
 */
export function findConfig(cwd: string, asked: string | undefined, files: Files): string {
  if (asked !== undefined) return askedFor(resolve(cwd, asked), asked, files)
  const folders = foldersFrom(cwd, files)
  const found = folders.map((folder) => join(folder, fileName)).find((path) => present(path, files))
  if (found !== undefined) return found
  const other = folders.map((folder) => join(folder, 'deploy.yml')).find((path) => present(path, files))
  const top = folders.at(-1)
  throw new DeployError({
    code: 'config-missing',
    what: `there is no ${fileName} in ${cwd}${top === cwd || top === undefined ? '' : `, nor above it up to ${top}`}`,
    remedy:
      other === undefined
        ? 'run it in the folder of your project, or name the file with --config'
        : `${other} is not read: rename it to ${fileName}, or name it with --config`,
  })
}

/** The path as the operator sees it: relative where it is below the working directory. */
export function shownPath(cwd: string, path: string): string {
  const short = relative(cwd, path)
  return short === '' || short.startsWith('..') ? path : short
}

function askedFor(path: string, asked: string, files: Files): string {
  if (present(path, files)) return path
  throw new DeployError({
    code: 'config-missing',
    what: `there is no file ${asked} (looked for ${path})`,
    remedy: 'name an existing file with --config, or leave it out',
  })
}

function foldersFrom(cwd: string, files: Files): string[] {
  const up: string[] = []
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    up.push(folder)
    // A file in worktrees and submodules, a folder elsewhere.
    if (files.look(join(folder, '.git'))) return up
    if (dirname(folder) === folder) return [resolve(cwd)]
  }
}

const present = (path: string, files: Files): boolean => files.look(path) !== undefined
