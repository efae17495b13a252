import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { disk } from '../../src/config/disk.ts'
import type { Files } from '../../src/config/files.ts'
import { loadConfig } from '../../src/config/load.ts'
import { fakeDisk, file, refused, strategies } from './sample.ts'

const load = (files: Files, cwd = '/a/b/c', asked?: string) => loadConfig({ cwd, asked, files, strategies })
const folder = { folder: true } as const

describe('deploy.yaml is found', () => {
  it('in the nearest folder up to the repository', () => {
    const files = fakeDisk({ '/a/.git': folder, '/a/deploy.yaml': 'kind: far', '/a/b/deploy.yaml': file() })
    expect(load(files)).toMatchObject({ path: '/a/b/deploy.yaml', folder: '/a/b' })
  })

  it('at the top of a worktree, whose .git is a file', () => {
    expect(load(fakeDisk({ '/a/.git': 'gitdir: x', '/a/deploy.yaml': file() })).path).toBe('/a/deploy.yaml')
  })

  it('never above the repository', () => {
    const files = fakeDisk({ '/a/b/.git': folder, '/a/deploy.yaml': file() })
    expect(refused(() => load(files))).toMatchObject({
      code: 'config-missing',
      what: 'there is no deploy.yaml in /a/b/c, nor above it up to /a/b',
      remedy: 'run it in the folder of your project, or name the file with --config',
    })
  })

  it('only in the working directory where there is no repository', () => {
    expect(refused(() => load(fakeDisk({ '/a/b/deploy.yaml': file() }))).what).toBe('there is no deploy.yaml in /a/b/c')
    expect(load(fakeDisk({ '/a/b/c/deploy.yaml': file() })).path).toBe('/a/b/c/deploy.yaml')
  })

  it('where --config says, whatever else there is', () => {
    const files = fakeDisk({ '/a/b/c/deploy.yaml': 'kind: near', '/a/other.yaml': file() })
    expect(load(files, '/a/b/c', '../../other.yaml').path).toBe('/a/other.yaml')
  })

  it('not under a name that is almost it', () => {
    expect(refused(() => load(fakeDisk({ '/a/b/c/deploy.yml': file() }))).remedy).toBe(
      '/a/b/c/deploy.yml is not read: rename it to deploy.yaml, or name it with --config',
    )
  })

  it('not where --config says and nothing is', () => {
    expect(refused(() => load(fakeDisk({}), '/a', 'x.yaml'))).toMatchObject({
      code: 'config-missing',
      what: 'there is no file x.yaml (looked for /a/x.yaml)',
    })
  })
})

describe('a place is named', () => {
  it.each([
    ['/a', 'b/deploy.yaml:6:1: x'],
    ['/a/b', 'deploy.yaml:6:1: x'],
    ['/other', '/a/b/deploy.yaml:6:1: x'],
  ])('as seen from %s', (cwd, start) => {
    const files = fakeDisk({ '/a/b/deploy.yaml': file({ more: 'x: 1' }) })
    expect(refused(() => load(files, cwd, '/a/b/deploy.yaml')).what.startsWith(start)).toBe(true)
  })
})

describe('a file is refused unread or undecoded', () => {
  const refusedFor = (content: Uint8Array | string | typeof folder) =>
    refused(() => load(fakeDisk({ '/a/deploy.yaml': content }), '/a'))

  it('when it has 10 MB', () => {
    expect(refusedFor(' '.repeat(10_000_000))).toMatchObject({
      code: 'config-too-large',
      what: 'deploy.yaml has 9766 KiB, a configuration has at most 256',
    })
  })

  it('when it is a folder', () => {
    expect(refusedFor(folder)).toMatchObject({ code: 'config-unreadable', what: 'deploy.yaml is a folder' })
  })

  it.each([
    ['not UTF-8', [0x61, 0x3a, 0x0a, 0x62, 0x3a, 0xe4, 0x0a], 'deploy.yaml:2: this is not UTF-8'],
    ['cut in the middle of a character', [0x61, 0xc3], 'deploy.yaml:1: this is not UTF-8'],
    ['UTF-16', [0xff, 0xfe, 0x61, 0x00], 'deploy.yaml:1: this is not UTF-8 but UTF-16'],
  ])('when it is %s', (_name, bytes, what) => {
    expect(refusedFor(Uint8Array.from(bytes))).toMatchObject({
      code: 'config-not-utf8',
      what,
      remedy: 'save the file as UTF-8',
    })
  })

  it('when this user may not read it', () => {
    const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
    const files: Files = {
      ...fakeDisk({ '/a/deploy.yaml': file() }),
      read() {
        throw denied
      },
    }
    expect(refused(() => load(files, '/a'))).toMatchObject({
      code: 'config-unreadable',
      what: 'deploy.yaml cannot be read: EACCES',
      cause: denied,
    })
  })
})

it('the real disk says what stands where and who may run it', () => {
  const here = mkdtempSync(join(tmpdir(), 'deploy-config-'))
  writeFileSync(join(here, 'plain'), 'abc')
  writeFileSync(join(here, 'tool'), '', { mode: 0o755 })
  expect(disk.look(join(here, 'plain'))).toEqual({ kind: 'file', size: 3, executable: false })
  expect(disk.look(join(here, 'tool'))?.executable).toBe(true)
  expect(disk.look(here)?.kind).toBe('folder')
  expect(disk.look(join(here, 'none'))).toBeUndefined()
  expect(disk.look(join(here, 'plain', 'below'))).toBeUndefined()
  expect(new TextDecoder().decode(disk.read(join(here, 'plain')))).toBe('abc')
})
