import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './readme.ts'

/** What is written for users. */
export const pages: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`),
  ...readdirSync(join(root, 'runbooks')).map((name) => `runbooks/${name}`),
  ...readdirSync(join(root, 'examples')).map((name) => `examples/${name}/README.md`),
]
