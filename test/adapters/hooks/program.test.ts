import { expect, it } from 'vitest'
import { checkHook, type Found } from '../../../src/adapters/hooks/program.ts'

const file: Found = { kind: 'file', executable: true }
const place = (there: Record<string, Found>, path = '/usr/bin:/opt/bin') => ({
  folder: '/project',
  path,
  look: (at: string) => there[at],
})

it.each([
  ['with a slash is relative to the folder', './smoke.sh', { '/project/smoke.sh': file }, '/project/smoke.sh'],
  ['with a slash is never from PATH', 'bin/x', { '/usr/bin/bin/x': file, '/project/bin/x': file }, '/project/bin/x'],
  ['may be absolute', '/bin/true', { '/bin/true': file }, '/bin/true'],
  [
    'without a slash is from PATH, never from the folder',
    'x',
    { '/project/x': file, '/opt/bin/x': file },
    '/opt/bin/x',
  ],
  ['is the first in PATH', 'x', { '/usr/bin/x': file, '/opt/bin/x': file }, '/usr/bin/x'],
  [
    'is the first in PATH that can be run',
    'x',
    { '/usr/bin/x': { kind: 'file', executable: false } as const, '/opt/bin/x': file },
    '/opt/bin/x',
  ],
])('the program of a hook %s', (_law, name, there, found) => {
  expect(checkHook(name, place(there))).toBe(found)
})

it('an empty PATH has no program, and no folder of it means the working folder', () => {
  expect(() => checkHook('x', { ...place({ '/project/x': file }), path: ':' })).toThrow('in no folder of PATH')
  expect(() => checkHook('x', { ...place({ '/project/x': file }), path: undefined })).toThrow('in no folder of PATH')
})
