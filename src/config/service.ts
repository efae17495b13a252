import * as z from 'zod'
import { Hooks } from './hooks.ts'
import { isRepository, referenceOf } from './image.ts'
import { uncomparable } from './comparison.ts'
import { Judge } from './judge.ts'
import { later } from './later.ts'
import { Metrics } from './metrics.ts'
import { Line, ObjectName } from './names.ts'
import { plain, says, shown } from '../core/shown.ts'
import { objectivesOf, promisedBy, Slo } from './slo.ts'
import { misfit, Rollback, type RollbackEntry } from './rollback.ts'
import { Traffic } from './traffic.ts'

interface Bad {
  readonly input?: unknown
}

const badImage = ({ input }: Bad): string => {
  const reference = typeof input === 'string' ? referenceOf(input) : undefined
  if (reference)
    return says(
      `${shown(input)} names a version`,
      `write ${reference.repository}: the version comes from the command line`,
    )
  const lower =
    typeof input === 'string' && isRepository(input.toLowerCase()) ? `, all lowercase: ${input.toLowerCase()}` : ''
  return says(`${shown(input)} is not an image repository`, `write it like ghcr.io/acme/web${lower}`)
}

const Image = z.string({ error: badImage }).refine(isRepository, { error: badImage })

const workloadKinds = { deployment: 'Deployment', statefulset: 'StatefulSet' } as const

export interface WorkloadName {
  readonly kind: (typeof workloadKinds)[keyof typeof workloadKinds]
  readonly name: string
}

const badWorkload = ({ input }: Bad): string => {
  const text = plain(input)
  if (/^(daemonset|ds)(\/|$)/i.test(text))
    return says(
      'a DaemonSet has one pod on each node: it cannot run two versions side by side, and a share of it is not a share of the requests',
      'roll it with kubectl rollout, or run it as a deployment',
    )
  const name = ObjectName('').safeParse(text.split('/').at(-1))
  return says(
    `${shown(input)} is not a workload`,
    `write deployment/${name.success ? name.data : 'web'} or statefulset/${name.success ? name.data : 'web'}`,
  )
}

const Workload = z
  .string({ error: badWorkload })
  .regex(/^(?:deployment|statefulset)\/[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/, { error: badWorkload })
  .transform((text): WorkloadName => {
    const [kind = '', name = ''] = text.split('/')
    return { kind: workloadKinds[kind as keyof typeof workloadKinds], name }
  })

/** One entry of `services`. */
export const Service = z
  .strictObject({
    image: Image.meta({
      description:
        'Image repository, without tag or digest. Every container of the workload with an image from it gets the new version.',
      examples: ['ghcr.io/acme/web'],
    }),
    workload: Workload.optional().meta({
      description:
        'The workload to release: deployment/<name> (the default, with the name of the service) or statefulset/<name> (rolling only).',
      examples: ['deployment/web'],
    }),
    manifests: Line('a path')
      .optional()
      .meta({
        description:
          'Rendered YAML, relative to this file: the new pod template comes from there. The plan shows the difference.',
        examples: ['k8s/web.yaml'],
      }),
    traffic: Traffic.optional().meta({
      description: 'How users reach the service.',
      examples: [{ router: 'gateway-api', route: 'web' }],
    }),
    hooks: Hooks.optional().meta({
      description: 'Programs to run at points of the release.',
      examples: [{ before: [{ run: ['./smoke.sh', '--quick'], timeout: '60s', rerun: 'safe' }] }],
    }),
    config: later('config', 'ConfigMaps that are copied for each release, so that the way back brings them back too.'),
    metrics: Metrics.optional().meta({
      description: 'Where request, error and latency figures come from.',
      examples: [{ source: 'pods', requests: 'http_requests_total', errors: 'code=~"5.."', port: 8080 }],
    }),
    slo: Slo.optional().meta({
      description:
        'What the service promises: it must hold for the new pods at the end of each stage that has requests.',
      examples: [{ availability: '99.9%', latency: { p95: '500ms' } }],
    }),
    rollback: Rollback.optional().meta({
      description: 'What takes a release back, beside pods that fail.',
      examples: [{ when: ['error-rate > 1% for 5m', 'restarts > 2'] }],
    }),
    judge: Judge.optional().meta({
      description:
        'How the new version is compared with stable while both have requests. On by default where the service has metrics; false: only bounds of its own hold.',
      examples: [{ confidence: '95%', errors: { ratio: 1.5 }, latency: false }],
    }),
    source: later('source', 'where the owner of the workload keeps its version.', 'write it with an after hook'),
    validate: later('validate', 'checks before and after a release.', 'run them as hooks'),
  })
  .superRefine((service, context) => {
    const { slo, rollback, metrics, judge } = service
    for (const { path, message } of unfounded(rollback, promisedBy(slo), metrics !== undefined))
      context.addIssue({ code: 'custom', path: ['rollback', 'when', ...path], message })
    if (metrics !== undefined)
      for (const { index, message } of uncomparable({ judge, rollback }))
        context.addIssue({ code: 'custom', path: ['rollback', 'when', index], message })
    if (metrics === undefined && judge !== undefined && judge !== false)
      context.addIssue({
        code: 'custom',
        path: ['judge'],
        message: says('nothing measures what is to be compared', needsMetrics),
      })
    if (metrics === undefined && objectivesOf(slo).length > 0)
      context.addIssue({
        code: 'custom',
        path: ['slo'],
        message: says('nothing measures what is promised', needsMetrics),
      })
  })

const needsMetrics = 'add metrics: { source: pods, requests: http_requests_total, errors: code=~"5.." }'

/** Triggers that rest on something that the service does not say, or that what it says makes void. */
function unfounded(
  rollback: RollbackEntry | undefined,
  promised: number | undefined,
  isMeasured: boolean,
): { readonly path: readonly number[]; readonly message: string }[] {
  return (rollback?.when ?? []).flatMap((one, index) => {
    const text = typeof one === 'string' ? one : one.name
    if (/^\s*burn-rate/.test(text) && promised === undefined)
      return [
        {
          path: [index],
          message: says('a burn rate needs to know what was promised', 'add slo: { availability: 99.9% }'),
        },
      ]
    const unfit = promised === undefined ? null : misfit(one, promised)
    if (unfit !== null) return [{ path: [index], message: unfit }]
    return isMeasured || /^\s*restarts/.test(text)
      ? []
      : [{ path: [index], message: says(`nothing measures ${shown(text)}`, needsMetrics) }]
  })
}

export type ServiceEntry = z.output<typeof Service>
