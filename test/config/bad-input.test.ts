import { describe, expect, it } from 'vitest'
import { environment, file, parse, refusal, refused, service } from './sample.ts'

const frame = (line: number, text: string, column: number, length: number): string => {
  const number = String(line)
  return `  ${number} | ${text}\n  ${' '.repeat(number.length)} | ${' '.repeat(column - 1)}${'^'.repeat(length)}`
}

interface Case {
  readonly wrong: string
  readonly text: string
  /** The place that is meant, as text of that line. */
  readonly at: readonly [line: number, part: string]
  readonly says: string
  readonly remedy: string
}

const services = (line: string): string => file({ services: line })
const options = (line: string): string => file({ strategies: line })
const environments = (line: string): string => file({ environments: line })
const durationRemedy = 'write it like 90s, 5m, 1h30m or 0s: whole numbers with d, h, m, s or ms, at most a year'

const cases: readonly Case[] = [
  {
    wrong: 'an unknown key',
    text: file({ more: 'servces: {}' }),
    at: [6, 'servces'],
    says: 'servces: unknown key',
    remedy: 'did you mean services? Known here: version, services, strategies, environments, detach',
  },
  {
    wrong: 'an unknown key of a service',
    text: services('  web: { image: ghcr.io/acme/web, hook: {} }'),
    at: [3, 'hook'],
    says: 'services.web.hook: unknown key',
    remedy: 'did you mean hooks? Known here: image, workload, manifests, traffic, hooks, metrics, slo, rollback, judge',
  },
  {
    wrong: 'an unknown key of a hook, far from any known',
    text: services('  web: { image: a/web, hooks: { before: [{ run: [./x], shell: true }] } }'),
    at: [3, 'shell'],
    says: 'services.web.hooks.before[0].shell: unknown key',
    remedy: 'known here: run, timeout, rerun, per',
  },
  {
    wrong: 'an unknown option of a strategy',
    text: options('  canary: { weight: [5] }'),
    at: [7, 'weight'],
    says: 'strategies.canary.weight: unknown key',
    remedy:
      'did you mean weights? Known here: weights, soak, bake, deadline, allowedBad, onFailure, parallel, early, onInconclusive, onProviderDown, type',
  },
  {
    wrong: 'an unknown key of a cluster',
    text: environments('  staging: { clusters: [{ context: staging, name_space: web }] }'),
    at: [5, 'name_space'],
    says: 'environments.staging.clusters[0].name_space: unknown key',
    remedy: 'did you mean namespace? Known here: name, context, kubeconfig, namespace, inCluster, eks',
  },
  {
    wrong: 'an unknown strategy',
    text: options('  canry: { soak: 5m }'),
    at: [7, 'canry'],
    says: 'strategies.canry.type: "canry" is not a strategy',
    remedy: 'did you mean canary? A variant says what it is a variant of: type: canary',
  },
  {
    wrong: 'a variant of no strategy',
    text: options('  careful: { type: blue }'),
    at: [7, 'blue'],
    says: 'strategies.careful.type: "blue" is not a strategy',
    remedy: 'known here: canary, rolling',
  },
  {
    wrong: 'a built-in strategy with the type of another',
    text: options('  canary: { type: rolling }'),
    at: [7, 'rolling'],
    says: 'strategies.canary.type: canary cannot be of type "rolling"',
    remedy: 'remove type, or give the variant a name of its own',
  },
  {
    wrong: 'a variant named like a command',
    text: options('  status: { type: canary }'),
    at: [7, 'status'],
    says: 'strategies.status: status is a command of deploy',
    remedy: 'give the variant another name',
  },
  ...[0, 101, 12.5].map((weight) => ({
    wrong: `weight ${weight}`,
    text: options(`  canary: { weights: [${weight}] }`),
    at: [7, String(weight)] as const,
    says: `strategies.canary.weights[0]: ${weight} is not a weight`,
    remedy: 'write whole percentages from 1 to 100, or pause: [5, 25, pause, 50]',
  })),
  {
    wrong: 'weights that fall',
    text: options('  canary: { weights: [5, 50, 25] }'),
    at: [7, 'weights'],
    says: 'strategies.canary.weights: 25 after 50 does not rise',
    remedy: 'write them in rising order, each once, like [5, 25, 50]',
  },
  {
    wrong: 'no weights',
    text: options('  canary: { weights: [] }'),
    at: [7, 'weights'],
    says: 'strategies.canary.weights: there is no weight',
    remedy: 'write at least one, like [5, 25, 50]',
  },
  {
    wrong: 'a duration without unit',
    text: options('  canary: { soak: 5 }'),
    at: [7, '5'],
    says: 'strategies.canary.soak: 5 is not a duration',
    remedy: 'add a unit: 5s, 5m or 5h',
  },
  {
    wrong: 'a negative duration',
    text: options('  canary: { soak: -5m }'),
    at: [7, '-5m'],
    says: 'strategies.canary.soak: "-5m" is not a duration',
    remedy: durationRemedy,
  },
  {
    wrong: 'a percentage without unit',
    text: options('  rolling: { batches: [25, 100%] }'),
    at: [7, '25'],
    says: 'strategies.rolling.batches[0]: 25 has no unit: pods or percent?',
    remedy: 'write 25%; batches are percentages of the replicas',
  },
  {
    wrong: 'bad pods in percent',
    text: options('  canary: { allowedBad: 10% }'),
    at: [7, '10%'],
    says: 'strategies.canary.allowedBad: "10%" is not a number of pods',
    remedy: 'write a whole number from 0: it counts pods, not percent',
  },
  {
    wrong: 'an unknown policy',
    text: options('  canary: { onFailure: waves }'),
    at: [7, 'waves'],
    says: 'strategies.canary.onFailure: "waves" is not possible here',
    remedy: 'did you mean wave? Write unit, wave or all',
  },
  {
    wrong: 'an image that cannot be parsed',
    text: services('  web: { image: "ghcr.io/acme/web:v1:v2" }'),
    at: [3, '"ghcr.io/acme/web:v1:v2"'],
    says: 'services.web.image: "ghcr.io/acme/web:v1:v2" is not an image repository',
    remedy: 'write it like ghcr.io/acme/web',
  },
  {
    wrong: 'an image in capitals',
    text: services('  web: { image: ghcr.io/Acme/web }'),
    at: [3, 'ghcr.io/Acme/web'],
    says: 'services.web.image: "ghcr.io/Acme/web" is not an image repository',
    remedy: 'write it like ghcr.io/acme/web, all lowercase: ghcr.io/acme/web',
  },
  {
    wrong: 'an image with a tag',
    text: services('  web: { image: ghcr.io/acme/web:v1 }'),
    at: [3, 'ghcr.io/acme/web:v1'],
    says: 'services.web.image: "ghcr.io/acme/web:v1" names a version',
    remedy: 'write ghcr.io/acme/web: the version comes from the command line',
  },
  {
    wrong: 'a service without image',
    text: services('  web: { workload: deployment/web }'),
    at: [3, 'web'],
    says: 'services.web.image: missing',
    remedy: 'write it like ghcr.io/acme/web',
  },
  {
    wrong: 'a service name in capitals',
    text: services('  Web: { image: a/web }'),
    at: [3, 'Web'],
    says: 'services.Web: "Web" is not the name of a service',
    remedy: 'use lowercase letters, digits and "-", at most 63 characters, starting and ending with a letter or digit',
  },
  {
    wrong: 'a DaemonSet',
    text: services('  web: { image: a/web, workload: daemonset/agent }'),
    at: [3, 'daemonset/agent'],
    says: 'services.web.workload: a DaemonSet has one pod on each node: it cannot run two versions side by side, and a share of it is not a share of the requests',
    remedy: 'roll it with kubectl rollout, or run it as a deployment',
  },
  {
    wrong: 'a workload without kind',
    text: services('  web: { image: a/web, workload: front }'),
    at: [3, 'front'],
    says: 'services.web.workload: "front" is not a workload',
    remedy: 'write deployment/front or statefulset/front',
  },
  {
    wrong: 'an unknown router',
    text: services('  web: { image: a/web, traffic: { router: gatewayapi } }'),
    at: [3, 'gatewayapi'],
    says: 'services.web.traffic.router: "gatewayapi" is not a router',
    remedy: 'did you mean gateway-api? Known here: gateway-api, selector, replicas',
  },
  {
    wrong: 'a route for a router that has none',
    text: services('  web: { image: a/web, traffic: { router: selector, route: front } }'),
    at: [3, 'front'],
    says: 'services.web.traffic.route: the router selector has no route',
    remedy: 'remove route, or use router: gateway-api',
  },
  {
    wrong: 'a hook as one text',
    text: services('  web: { image: a/web, hooks: { before: [{ run: ./smoke.sh --quick }] } }'),
    at: [3, './smoke.sh --quick'],
    says: 'services.web.hooks.before[0].run: "./smoke.sh --quick" is not a list of words',
    remedy: 'write the program and each argument as one item, because no shell splits them: [./smoke.sh, --quick]',
  },
  {
    wrong: 'a number among the words of a hook',
    text: services('  web: { image: a/web, hooks: { before: [{ run: [./smoke.sh, 80] }] } }'),
    at: [3, '80'],
    says: 'services.web.hooks.before[0].run[1]: 80 is not text',
    remedy: 'put it in quotes: "80"',
  },
  {
    wrong: 'a hook without program',
    text: services('  web: { image: a/web, hooks: { before: [{ run: [] }] } }'),
    at: [3, 'run'],
    says: 'services.web.hooks.before[0].run: there is no program to run',
    remedy: 'write [./smoke.sh]',
  },
  {
    wrong: 'a hook that may run for no time',
    text: services('  web: { image: a/web, hooks: { before: [{ run: [x], timeout: 0s }] } }'),
    at: [3, '0s'],
    says: 'services.web.hooks.before[0].timeout: "0s" is too short',
    remedy: 'write at least 1s',
  },
  {
    wrong: 'no environment',
    text: file({ environments: '  {}' }),
    at: [4, 'environments'],
    says: 'environments: there is no environment',
    remedy: 'add one: environments: { staging: { clusters: [{ context: staging }] } }',
  },
  {
    wrong: 'an environment without clusters',
    text: environments('  staging: {}'),
    at: [5, 'staging'],
    says: 'environments.staging.clusters: missing',
    remedy: 'write [{ context: staging }]',
  },
  {
    wrong: 'a cluster that nothing reaches',
    text: environments('  staging: { clusters: [{ name: a, namespace: web }] }'),
    at: [5, '{ name: a, namespace: web }'],
    says: 'environments.staging.clusters[0]: a cluster is reached by one of context, eks and inCluster',
    remedy:
      'write { context: staging }, { eks: { cluster: prod, region: eu-west-1 } } or { name: prod, inCluster: true }',
  },
  {
    wrong: 'the cluster around, reached by a kubeconfig',
    text: environments('  staging: { clusters: [{ name: a, inCluster: true, kubeconfig: ./k }] }'),
    at: [5, '{ name: a, inCluster: true, kubeconfig: ./k }'],
    says: 'environments.staging.clusters[0]: kubeconfig belongs to context, this cluster has inCluster',
    remedy: 'remove kubeconfig, or name a context instead of inCluster',
  },
  {
    wrong: 'the cluster around, without a name',
    text: environments('  staging: { clusters: [{ inCluster: true }] }'),
    at: [5, '{ inCluster: true }'],
    says: 'environments.staging.clusters[0]: this cluster has no name',
    remedy: 'add a name: { name: prod, inCluster: true }',
  },
  {
    wrong: 'an image for a Job that may become another one',
    text: file({ more: 'detach: { image: ghcr.io/acme/deploy:0.1 }' }),
    at: [6, 'ghcr.io/acme/deploy:0.1'],
    says: 'detach.image: "ghcr.io/acme/deploy:0.1" has no digest, and a tag may be another image when the pod is started again',
    remedy: 'write it like ghcr.io/acme/deploy@sha256:…',
  },
  {
    wrong: 'an unknown key of detach',
    text: file({ more: 'detach: { images: x }' }),
    at: [6, 'images'],
    says: 'detach.images: unknown key',
    remedy: 'did you mean image? Known here: image, serviceAccount, namespace, kubeconfigs, env',
  },
  {
    wrong: 'two clusters of one name',
    text: environments('  staging: { clusters: [{ context: a }, { name: a, context: b }] }'),
    at: [5, '{ name: a, context: b }'],
    says: 'environments.staging.clusters[1]: two clusters are called "a"',
    remedy: 'give each a name of its own',
  },
  {
    wrong: 'yes for true',
    text: environments('  staging: { protected: yes, clusters: [{ context: a }] }'),
    at: [5, 'yes'],
    says: 'environments.staging.protected: "yes" is not true or false',
    remedy: 'write true or false',
  },
  {
    wrong: 'another version of the format',
    text: file().replace('version: 1', 'version: 2'),
    at: [1, '2'],
    says: "version: 2 is not a version of this file's format that this tool knows",
    remedy: 'write version: 1',
  },
  {
    wrong: 'no version of the format',
    text: file().replace('version: 1\n', '\n'),
    at: [2, 'services:'],
    says: 'version: missing',
    remedy: 'add version: 1',
  },
  {
    wrong: 'a list for a map',
    text: services('  - web'),
    at: [2, 'services'],
    says: 'services: a list is not a map',
    remedy: 'write key: value pairs',
  },
]

describe('a file is refused with place, value and remedy for', () => {
  it.each(cases)('$wrong', ({ text, at: [line, part], says, remedy }) => {
    const source = text.split('\n')[line - 1] ?? ''
    const column = source.indexOf(part) + 1
    expect(refusal(() => parse(text))).toBe(
      `deploy.yaml:${line}:${column}: ${says}\n${frame(line, source, column, part.length)}\n→ ${remedy}`,
    )
  })
})

it('everything that is wrong is said at once, in the order of the file', () => {
  const text = `version: 1
services:
  web: { imge: a/web, image: a/web }
strategies:
  canary: { soak: 5 }
environments:
  staging: { clusters: [] }
`
  expect(refusal(() => parse(text))).toBe(`deploy.yaml: 3 problems

deploy.yaml:3:10: services.web.imge: unknown key
  3 |   web: { imge: a/web, image: a/web }
    |          ^^^^
  → did you mean image? Known here: image, workload, manifests, traffic, hooks, metrics, slo, rollback, judge

deploy.yaml:5:19: strategies.canary.soak: 5 is not a duration
  5 |   canary: { soak: 5 }
    |                   ^
  → add a unit: 5s, 5m or 5h

deploy.yaml:7:14: environments.staging.clusters: there is no cluster
  7 |   staging: { clusters: [] }
    |              ^^^^^^^^
  → write at least one: [{ context: staging }]
→ mend them all, then run the command again`)
})

it('very many problems are counted, not all listed', () => {
  const many = Array.from({ length: 500 }, (_, index) => `k${index}: 1`).join('\n')
  const { what } = refused(() => parse(file({ more: many })))
  expect(what).toMatch(/^deploy\.yaml: 500 problems\n/)
  expect(what).toMatch(/\n\nand 480 more$/)
})

it('every refusal is a usage error with a code of its own', () => {
  expect(refused(() => parse(file({ more: 'x: 1' })))).toMatchObject({ code: 'config-invalid', exit: 'usage' })
})

it('a long line is cut around the place', () => {
  const error = refused(() =>
    parse(`version: 1\nservices: {${' '.repeat(300)}web: { image: A }}\nenvironments:\n${environment}`),
  )
  const [, line = '', caret = ''] = error.what.split('\n')
  expect(line.length).toBeLessThan(110)
  expect(line.slice(caret.indexOf('^'))).toMatch(/^A \}\}/)
})

it('text of the file cannot drive the terminal', () => {
  const error = refused(() => parse(file({ services: `${service}\n  "a\\e[31m": { image: "\u202Eb" }` })))
  // oxlint-disable-next-line no-control-regex
  expect(error.what).not.toMatch(/[\u001b\u202e]/)
})
