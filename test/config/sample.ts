import * as z from 'zod'
import type { Entry, Files } from '../../src/config/files.ts'
import { type Loaded, parseConfig } from '../../src/config/load.ts'
import { type Asked, type Resolved, resolve } from '../../src/config/resolve.ts'
import type { StrategySchema } from '../../src/config/strategies.ts'
import { Batches, Duration, Weights } from '../../src/core/options.ts'
import type { Variables } from '../../src/config/variables.ts'
import { DeployError } from '../../src/core/errors.ts'

/** Strategies as their own files declare them, so that these tests hold whatever the real ones are. */
export const strategies: readonly StrategySchema[] = [
  {
    name: 'canary',
    summary: 'shift traffic in steps',
    options: z.strictObject({
      weights: Weights.prefault([5, 25, 50]).describe('The steps.'),
      soak: Duration.prefault('5m').describe('How long each step is watched.'),
      bake: Duration.default(15 * 60_000).describe('How long the end is watched.'),
    }),
  },
  {
    name: 'rolling',
    summary: 'replace pods in batches',
    options: z.strictObject({
      batches: Batches.default([25, 50, 100]).describe('How much is new after each batch.'),
      bake: Duration.prefault('5m').describe('How long the end is watched.'),
    }),
  },
]

export const service = '  web: { image: ghcr.io/acme/web }'
export const environment = '  staging: { clusters: [{ context: staging }] }'

/** A whole file; each section is given as its lines. */
export const file = (
  sections: { services?: string; strategies?: string; environments?: string; more?: string } = {},
): string =>
  [
    'version: 1',
    'services:',
    sections.services ?? service,
    'environments:',
    sections.environments ?? environment,
    ...(sections.strategies === undefined ? [] : ['strategies:', sections.strategies]),
    ...(sections.more === undefined ? [] : [sections.more]),
    '',
  ].join('\n')

export const parse = (text: string): Omit<Loaded, 'path' | 'folder'> =>
  parseConfig(text, 'deploy.yaml', { strategies, reserved: ['status'] })

const loaded = (text: string): Loaded => ({ ...parse(text), path: '/project/deploy.yaml', folder: '/project' })

export const release = (text: string, asked: Partial<Asked> = {}, variables: Variables = {}): Resolved =>
  resolve({ asked: { strategy: 'canary', version: 'v1.2.3', ...asked }, variables, loaded: loaded(text), strategies })

/** What an operator would read: the error and what to do about it. */
export function refusal(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    return [error.what, `→ ${error.remedy}`].join('\n')
  }
  return 'nothing was refused'
}

export function refused(act: () => unknown): DeployError {
  try {
    act()
  } catch (error) {
    if (error instanceof DeployError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

type Fake = string | Uint8Array | { readonly text: string; readonly executable: true }

/** A disk in memory: paths and what they hold; `{ folder: true }` for a folder. */
export function fakeDisk(held: Readonly<Record<string, Fake | { readonly folder: true }>>): Files {
  const bytes = (path: string): Uint8Array => {
    const here = held[path]
    if (here === undefined || here instanceof Uint8Array) return here ?? new Uint8Array()
    return new TextEncoder().encode(typeof here === 'string' ? here : 'text' in here ? here.text : '')
  }
  return {
    read: bytes,
    look(path): Entry | undefined {
      const here = held[path]
      if (here === undefined) return undefined
      const folder = typeof here === 'object' && 'folder' in here
      const executable = typeof here === 'object' && 'executable' in here
      return { kind: folder ? 'folder' : 'file', size: bytes(path).length, executable }
    },
  }
}
