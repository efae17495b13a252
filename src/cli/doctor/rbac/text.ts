import { Document, isScalar, visit } from 'yaml'
import { DeployError } from '../../../core/errors.ts'
import type { CommandContext } from '../../context.ts'
import { clustersAsked, clustersOf } from '../../../config/clusters.ts'
import { loadFor } from '../../plan-sites.ts'
import { connectTo } from '../../sites.ts'
import type { DoctorOptions } from '../scene.ts'
import { told } from '../scene.ts'
import { type Role, roles } from './roles.ts'

const apiGroup = 'rbac.authorization.k8s.io'
const apiVersion = `${apiGroup}/v1`

/** Roles for planner, releaser, commander and driver, as manifests for every namespace that deploy.yaml names. */
export async function rbacText(options: DoctorOptions, context: CommandContext): Promise<string> {
  const namespaces = [...new Set(await namespacesFor(options, context))]
  const account = accountFor(options, context)
  const documents = roles(context.strategies).flatMap((role) => {
    const { name, says, rules, everywhere } = role
    const subjects = (namespace: string): object[] => subjectsOf(role, account, namespace)
    return [
      ...namespaces.map((namespace, index) => {
        const metadata = { name: `deploy-${name}`, namespace }
        const comment = index === 0 ? [`deploy-${name}: ${says[0]}`, ...says.slice(1)] : []
        return [
          `${commented(comment)}${yaml({ apiVersion, kind: 'Role', metadata, rules })}`,
          yaml(bound('Role', name, subjects(namespace), namespace)),
          ...(typeof role.who === 'string' ? [] : [yaml(accountIn(account, namespace))]),
        ].join('---\n')
      }),
      ...(everywhere.length === 0
        ? []
        : [
            [
              yaml({ apiVersion, kind: 'ClusterRole', metadata: { name: `deploy-${name}` }, rules: everywhere }),
              yaml(bound('ClusterRole', name, unique(namespaces.flatMap(subjects)))),
            ].join('---\n'),
          ]),
    ]
  })
  return `${commented(head)}\n${documents.join('---\n')}`
}

/** The service account of Jobs, and where those are if not beside each workload. */
interface Account {
  readonly name: string
  readonly namespace?: string | undefined
}

function accountFor(options: DoctorOptions, context: CommandContext): Account {
  const loaded = told(() => loadFor(context, options.config))
  const detach = loaded instanceof DeployError ? undefined : loaded.config.detach
  return { name: detach?.serviceAccount ?? 'deploy-driver', namespace: detach?.namespace }
}

const accountIn = ({ name, namespace }: Account, workloads: string): object => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace: namespace ?? workloads },
})

const subjectsOf = ({ who }: Role, { name, namespace }: Account, workloads: string): object[] =>
  typeof who === 'string'
    ? [{ apiGroup, kind: 'Group', name: who }]
    : [{ kind: 'ServiceAccount', name, namespace: namespace ?? workloads }]

const unique = (subjects: readonly object[]): object[] => [
  ...new Map(subjects.map((one) => [JSON.stringify(one), one])).values(),
]

const head = [
  'Roles for deploy, made by "deploy doctor --rbac" from what its plans do. Bind them to your own users, groups or',
  'service accounts in place of the groups below, then: kubectl apply -f this file, once for each cluster.',
]

const commented = (lines: readonly string[]): string => lines.map((line) => `# ${line}\n`).join('')

/** Lists of words on one line: a rule is one thing to read. */
function yaml(value: object): string {
  const document = new Document(value, { aliasDuplicateObjects: false })
  visit(document, {
    Seq(_key, node) {
      if (node.items.every(isScalar)) node.flow = true
    },
  })
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}

function bound(kind: 'Role' | 'ClusterRole', name: string, subjects: readonly object[], namespace?: string): object {
  return {
    apiVersion,
    kind: `${kind}Binding`,
    metadata: { name: `deploy-${name}`, ...(namespace !== undefined && { namespace }) },
    roleRef: { apiGroup, kind, name: `deploy-${name}` },
    subjects,
  }
}

/** Those of the clusters that deploy.yaml has; without it the one asked for, or that of the current context. */
async function namespacesFor(options: DoctorOptions, context: CommandContext): Promise<string[]> {
  const { process } = context
  if (options.namespace !== undefined) return [options.namespace]
  const loaded = told(() => loadFor(context, options.config))
  if (loaded instanceof DeployError && loaded.code !== 'config-missing') throw loaded
  const targets =
    loaded instanceof DeployError
      ? [{ name: 'the current context' }]
      : Object.entries(loaded.config.environments)
          .filter(([name]) => options.env === undefined || options.env === name)
          .flatMap(([, environment]) =>
            clustersOf({
              environment,
              only: clustersAsked(options.cluster, process.env),
              namespace: undefined,
              folder: loaded.folder,
              variables: process.env,
            }),
          )
  return await Promise.all(
    targets.map(async (target) => {
      if ('namespace' in target && target.namespace !== undefined) return target.namespace
      // The context knows it; nothing is sent for that.
      const connected = await connectTo(target, context)
      await using _cluster = connected.cluster
      return connected.namespace
    }),
  )
}
