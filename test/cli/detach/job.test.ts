import { describe, expect, it } from 'vitest'
import { exitCodes } from '../../../src/core/errors.ts'
import { isObject, type Json } from '../../../src/core/json.ts'
import { configOf, configRef, jobOf, jobRef, type JobWish } from '../../../src/cli/detach/job.ts'

const wish: JobWish = {
  run: 'r7f3k',
  home: 'us-east-1',
  planHash: 'a'.repeat(64),
  service: 'web',
  by: 'anna',
  namespace: 'shop',
  image: `ghcr.io/acme/deploy@sha256:${'41c2'.repeat(16)}`,
  serviceAccount: 'deploy-driver',
}

const at = (value: Json, ...keys: readonly (string | number)[]): Json =>
  keys.reduce<Json>((here, key) => {
    if (Array.isArray(here)) return (here as readonly Json[])[Number(key)] ?? null
    return isObject(here) ? (here[key] ?? null) : null
  }, value)

const pod = (more: Partial<JobWish> = {}): Json => at(jobOf({ ...wish, ...more }), 'spec', 'template', 'spec')
const container = (more: Partial<JobWish> = {}): Json => at(pod(more), 'containers', 0)

describe('the Job that drives a run', () => {
  it('goes on with that run, as it was approved, and answers none of its questions', () => {
    expect(at(container(), 'command')).toEqual(['deploy'])
    expect(at(container(), 'args')).toEqual([
      'resume',
      'r7f3k',
      '--plan-hash',
      wish.planHash,
      '--config',
      '/run/deploy/deploy.yaml',
      '--cluster',
      'us-east-1',
      '--keep-paused',
      '--on-signal',
      'leave',
    ])
  })

  it('waits until its run may be taken', () => {
    expect(at(jobOf(wish), 'spec', 'suspend')).toBe(true)
  })

  it('has failed with the run: only ends that another pod would change are tried again', () => {
    const values = at(jobOf(wish), 'spec', 'podFailurePolicy', 'rules', 1, 'onExitCodes', 'values') as number[]
    const again = Object.values(exitCodes).filter((code) => !values.includes(code))
    expect(again).toEqual([exitCodes.done, exitCodes.interrupted, exitCodes.terminated])
  })

  it('does not count pods that had to go from their node', () => {
    expect(at(jobOf(wish), 'spec', 'podFailurePolicy', 'rules', 0)).toEqual({
      action: 'Ignore',
      onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }],
    })
  })

  it('leaves a node that is not heard of after half a minute', () => {
    expect(at(pod(), 'tolerations')).toEqual(
      ['unreachable', 'not-ready'].map((key) => ({
        key: `node.kubernetes.io/${key}`,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 30,
      })),
    )
  })

  it('has no rights of its own on its node, and no place to write but its folder', () => {
    expect(at(pod(), 'securityContext')).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    })
    expect(at(container(), 'securityContext')).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    const mounts = at(container(), 'volumeMounts') as { readonly mountPath: string; readonly readOnly?: true }[]
    expect(mounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath)).toEqual([
      '/run/deploy',
      '/tmp',
    ])
  })

  it('is given Secrets by name only', () => {
    const whole = pod({ env: 'deploy-env', kubeconfigs: 'deploy-kubeconfigs' })
    expect(at(whole, 'containers', 0, 'envFrom')).toEqual([{ secretRef: { name: 'deploy-env' } }])
    expect(JSON.stringify(at(whole, 'volumes'))).toContain('"secretName":"deploy-kubeconfigs"')
    expect(JSON.stringify(pod())).not.toMatch(/secret/i)
  })

  it('takes its deploy.yaml with it when it goes', () => {
    const config = configOf(wish, 'version: 1\n', { uid: 'u-1' })
    expect(at(config, 'metadata', 'ownerReferences', 0)).toMatchObject({
      kind: 'Job',
      name: jobRef(wish).name,
      uid: 'u-1',
    })
    expect(at(pod(), 'volumes')).toContainEqual({ name: 'config', configMap: { name: configRef(wish).name } })
  })
})
