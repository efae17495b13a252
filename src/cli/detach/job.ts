import { type ExitName, exitCodes } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Ref } from '../../core/kinds.ts'

/** How a run is driven inside of a cluster. */
export interface JobWish {
  readonly run: string
  /** The cluster that keeps the run, and the Job. */
  readonly home: string
  readonly planHash: string
  readonly service: string
  /** Who let it go. */
  readonly by: string
  readonly namespace: string
  /** By digest. */
  readonly image: string
  readonly serviceAccount: string
  /** Secrets: variables, and kubeconfigs of other clusters. */
  readonly env?: string
  readonly kubeconfigs?: string
}

/** Where the run's folder and deploy.yaml are in the pod. */
const podFolder = '/run/deploy'
const podConfig = `${podFolder}/deploy.yaml`
export const podKubeconfigs = '/etc/deploy/kubeconfigs'
export const containerName = 'deploy'
const configKey = 'deploy.yaml'

export const jobRef = ({ namespace, run }: Pick<JobWish, 'namespace' | 'run'>): Ref => ({
  kind: 'Job',
  namespace,
  name: `deploy-run-${run}`,
})

export const configRef = ({ namespace, run }: Pick<JobWish, 'namespace' | 'run'>): Ref => ({
  kind: 'ConfigMap',
  namespace,
  name: `deploy-job-${run}`,
})

/** By which Jobs, their pods and what belongs to them are found. Not `deploy/run`: that is on parts of the journal. */
export const jobLabel = 'deploy/job'
export const jobSelector = `app.kubernetes.io/managed-by=deploy,${jobLabel}`

const labelsOf = ({ run, service }: Pick<JobWish, 'run' | 'service'>): Record<string, string> => ({
  'app.kubernetes.io/managed-by': 'deploy',
  [jobLabel]: run,
  'deploy/service': service,
})

/**
 * Ends that another pod would not change: the Job has failed then, and its exit code stands in the pod's status. All
 * others (a node that went away, too little memory, SIGTERM) are no end: the next pod resumes the run. Nor is a cluster
 * that is away, which exits as `refused`: the pod itself waits for it (`while-away.ts`).
 */
const ends = (
  [
    'bug',
    'usage',
    'takenBack',
    'humanNeeded',
    'paused',
    'notApproved',
    'locked',
    'stale',
    'refused',
    'takenBackWithoutVerdict',
    'nodeTooOld',
  ] satisfies ExitName[]
)
  .map((name) => exitCodes[name])
  .toSorted((a, b) => a - b)

/** Half a minute after a node is not heard of any more; the default is five. */
const leaveAfter = 30

/**
 * A pod that is started again is nobody's answer to a pause, and one that is told to end has a successor within seconds:
 * it leaves requests where they are.
 */
const asItIs = ['--keep-paused', '--on-signal', 'leave']

/** The Job that drives the run, not begun yet: its pod may not come before the run's Leases are free. */
export function jobOf(wish: JobWish): JsonObject {
  const { run, home, planHash, by, namespace, image, serviceAccount, env, kubeconfigs } = wish
  const { name } = jobRef(wish)
  const labels = labelsOf(wish)
  const toleration = (key: string): JsonObject => ({
    key: `node.kubernetes.io/${key}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: leaveAfter,
  })
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels },
    spec: {
      suspend: true,
      // Of pods that ended without an end of the run. Disruptions are not counted.
      backoffLimit: 6,
      ttlSecondsAfterFinished: 7 * 24 * 60 * 60,
      podFailurePolicy: {
        rules: [
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          { action: 'FailJob', onExitCodes: { containerName, operator: 'In', values: ends } },
        ],
      },
      template: {
        metadata: {
          labels,
          // A pod that is moved leaves its run without a watcher for a while.
          annotations: {
            'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false',
            'karpenter.sh/do-not-disrupt': 'true',
          },
        },
        spec: {
          restartPolicy: 'Never',
          serviceAccountName: serviceAccount,
          terminationGracePeriodSeconds: 60,
          tolerations: [toleration('unreachable'), toleration('not-ready')],
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65532,
            runAsGroup: 65532,
            fsGroup: 65532,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [
            {
              name: containerName,
              image,
              command: ['deploy'],
              // No other cluster has the run, and where one answers in place of the home there would seem to be none.
              args: ['resume', run, '--plan-hash', planHash, '--config', podConfig, '--cluster', home, ...asItIs],
              workingDir: podFolder,
              env: [
                { name: 'HOME', value: podFolder },
                { name: 'TMPDIR', value: '/tmp' },
                { name: 'DEPLOY_BY', value: by },
              ],
              ...(env !== undefined && { envFrom: [{ secretRef: { name: env } }] }),
              resources: { requests: { cpu: '100m', memory: '192Mi' }, limits: { memory: '512Mi' } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
              volumeMounts: [
                { name: 'folder', mountPath: podFolder },
                { name: 'config', mountPath: podConfig, subPath: configKey, readOnly: true },
                { name: 'tmp', mountPath: '/tmp' },
                ...(kubeconfigs === undefined
                  ? []
                  : [{ name: 'kubeconfigs', mountPath: podKubeconfigs, readOnly: true }]),
              ],
            },
          ],
          volumes: [
            { name: 'folder', emptyDir: { sizeLimit: '256Mi' } },
            { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
            { name: 'config', configMap: { name: configRef(wish).name } },
            ...(kubeconfigs === undefined
              ? []
              : [{ name: 'kubeconfigs', secret: { secretName: kubeconfigs, defaultMode: 0o440 } }]),
          ],
        },
      },
    },
  }
}

/** deploy.yaml for the pod. It goes with its Job. */
export function configOf(wish: JobWish, text: string, job: { readonly uid: string }): JsonObject {
  const { name } = configRef(wish)
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace: wish.namespace,
      labels: labelsOf(wish),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: jobRef(wish).name, uid: job.uid }],
    },
    immutable: true,
    data: { [configKey]: text },
  }
}
