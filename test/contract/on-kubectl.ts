import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { kinds } from '../../src/core/kinds.ts'
import type { KubeObject } from '../../src/core/objects.ts'
import type { Driver } from './driver.ts'

/** A cluster behind a real kubectl, in a new namespace of its own. `speed`: seconds of the cluster in a real one. */
export async function kubectlDriver([program = '', ...prefix]: readonly string[], speed = 1): Promise<Driver> {
  const namespace = `contract-${randomBytes(3).toString('hex')}`
  const kubectl = async (args: readonly string[], input?: unknown): Promise<string> => {
    const options = input === undefined ? {} : { input: JSON.stringify(input) }
    return (await execa(program, [...prefix, '-n', namespace, ...args], options)).stdout
  }
  const list = (items: readonly object[]) => ({ apiVersion: 'v1', kind: 'List', items })
  const resource = (kind: keyof typeof kinds): string => {
    const { plural, apiVersion } = kinds[kind]
    return apiVersion.includes('/') ? `${plural}.${apiVersion.split('/')[0]}` : plural
  }
  await kubectl(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  return {
    isReal: true,
    apply: async (objects) => void (await kubectl(['apply', '-f', '-'], list(objects))),
    replace: async (object) => void (await kubectl(['replace', '-f', '-'], object)),
    patch: async (kind, name, ops) =>
      void (await kubectl(['patch', resource(kind), name, '--type=json', '-p', JSON.stringify(ops)])),
    setImage: async (image) => void (await kubectl(['set', 'image', 'deployment/web', `app=${image}`])),
    setEnv: async (name, value) => void (await kubectl(['set', 'env', 'deployment/web', `${name}=${value}`])),
    restart: async () => void (await kubectl(['rollout', 'restart', 'deployment/web'])),
    scale: async (replicas) => void (await kubectl(['scale', 'deployment/web', `--replicas=${replicas}`])),
    delete: async (kind, name) => void (await kubectl(['delete', resource(kind), name, '--wait=false'])),
    list: async (kind) =>
      (JSON.parse(await kubectl(['get', resource(kind), '-o', 'json'])) as { items: KubeObject[] }).items,
    rest: (ms) => sleep(ms / speed),
  }
}
