import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Files } from '../../src/config/files.ts'
import { plannedHooks } from '../../src/config/hook-files.ts'
import { fakeDisk, file, refusal, refused, release } from './sample.ts'

const planned = (before: string, files: Files) => {
  const { hooks } = release(file({ services: `  web: { image: a/web, hooks: { before: [${before}] } }` }))
  return plannedHooks({ hooks, folder: '/project', files, variables: { PATH: '/bin:/usr/bin' } })
}

const script = { text: '#!/bin/sh\nexit 0\n', executable: true } as const

it('a hook of the project is planned with the hash of its text', () => {
  const { before, after } = planned(
    '{ run: [./smoke.sh, --quick], timeout: 60s, rerun: safe }',
    fakeDisk({ '/project/smoke.sh': script }),
  )
  const sha256 = createHash('sha256').update(script.text).digest('hex')
  expect(before).toEqual([{ argv: ['./smoke.sh', '--quick'], timeout: 60_000, per: 'unit', rerun: 'safe', sha256 }])
  expect(after).toEqual([])
})

it('a program from PATH or the root has no hash: it differs from machine to machine', () => {
  const files = fakeDisk({ '/usr/bin/curl': script, '/opt/notify': script })
  const { before } = planned('{ run: [curl, -f, x] }, { run: [/opt/notify], per: run }', files)
  expect(before).toEqual([
    { argv: ['curl', '-f', 'x'], timeout: 300_000, per: 'unit' },
    { argv: ['/opt/notify'], timeout: 300_000, per: 'run' },
  ])
})

describe('a hook is refused with its place', () => {
  it.each([
    [
      'that does not exist',
      './smoke.sh',
      {},
      'the hook "./smoke.sh" does not exist (looked for /project/smoke.sh)',
      'correct the path: it is relative to deploy.yaml',
    ],
    [
      'that is not executable',
      './smoke.sh',
      { '/project/smoke.sh': 'exit 0' },
      'the hook "./smoke.sh" is not executable',
      'chmod +x /project/smoke.sh',
    ],
    [
      'that is a folder',
      './hooks',
      { '/project/hooks': { folder: true } as const },
      'the hook "./hooks" is not a file',
      'name a program',
    ],
    [
      'that PATH does not have',
      'smoke.sh',
      { '/project/smoke.sh': script },
      'the hook "smoke.sh" is in no folder of PATH',
      'install it, or write ./smoke.sh for a file of the project',
    ],
  ])('%s', (_name, program, held, what, remedy) => {
    expect(refused(() => planned(`{ run: [${program}] }`, fakeDisk(held)))).toMatchObject({
      code: 'config-hook',
      exit: 'usage',
      what: `deploy.yaml:3:44: ${what}`,
      remedy,
    })
  })

  it('and all of them at once', () => {
    const said = refusal(() => planned('{ run: [./a] }, { run: [./b] }', fakeDisk({})))
    expect(said).toMatch(/^the service's hooks: 2 problems\n/)
    expect(said).toContain('"./a" does not exist')
    expect(said).toContain('"./b" does not exist')
  })
})
