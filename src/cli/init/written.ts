import { stringify } from 'yaml'
import type { Found, Scrape } from './found.ts'

export interface Draft extends Found {
  readonly environment: string
  readonly context: string
  /** What could not be looked at, in one line each. */
  readonly notes: readonly string[]
}

/** A deploy.yaml for what was found: what is sure as values, what could be wanted as comments. */
export function configText(draft: Draft): string {
  const { deployment, namespace, context, environment, notes } = draft
  return [
    `# Written by "deploy init" from deployment ${deployment} in namespace ${namespace}, context ${context}.`,
    '# What a key means: deploy explain services.web.traffic. What holds, and who said it: deploy explain config.',
    ...notes.map((note) => `# ${note}`),
    'version: 1',
    '',
    'services:',
    ...serviceLines(draft).map((line) => `  ${line}`),
    '',
    '# How releases go. These are the defaults; a variant has a name of its own.',
    '# strategies:',
    '#   canary: { weights: [5, 25, 50], soak: 5m, bake: 15m }',
    '#   careful: { type: canary, weights: [1, 5, pause, 50], soak: 30m }',
    '',
    'environments:',
    `  ${scalar(environment)}:`,
    '    # protected: true # nothing runs here before somebody approved the plan',
    '    clusters:',
    `      - context: ${scalar(context)} # of your kubeconfig`,
    `        namespace: ${scalar(namespace)}`,
    '',
  ].join('\n')
}

function serviceLines({ services, deployment, image, otherImages, routes, scrape }: Draft): string[] {
  const [name = deployment, ...others] = services
  return [
    services.length === 0
      ? `${name}: # no Service selects its pods: a release needs one, by this name`
      : `${name}: # the Service that users are sent through`,
    `  image: ${image} # the version comes from the command line`,
    ...(otherImages.length > 0 ? [`  # beside it run: ${otherImages.join(', ')}; they stay as they are`] : []),
    ...(name === deployment ? [] : [`  workload: deployment/${deployment}`]),
    ...trafficLines(routes),
    ...(others.length > 0
      ? [
          `  # ${others.join(', ')} ${others.length === 1 ? 'selects' : 'select'} these pods, too, and ${others.length === 1 ? 'is' : 'are'} held to the stable ones during a release;`,
          `  # to leave one out: traffic: { pin: { ${others[0]}: false } }`,
        ]
      : []),
    ...metricsLines(scrape),
    '  # hooks:',
    '  #   before-traffic: [{ run: [./smoke.sh], timeout: 60s }] # before users reach the new pods',
  ]
}

function trafficLines([route, ...others]: readonly string[]): string[] {
  if (route === undefined)
    return [
      '  # No HTTPRoute sends to this Service. canary divides requests by the number of pods, blue-green cuts over by',
      '  # the selector of the Service. With a Gateway: traffic: { router: gateway-api, route: NAME }',
    ]
  return [
    ...(others.length > 0
      ? [
          `  # ${others.join(', ')} ${others.length === 1 ? 'sends' : 'send'} to it, too: weights are set on one route only`,
        ]
      : []),
    `  traffic: { router: gateway-api, route: ${scalar(route)} }`,
  ]
}

function metricsLines(scrape: Scrape | null): string[] {
  if (!scrape) return []
  const { port, path, scheme } = scrape
  const lines = [
    'metrics:',
    '  source: pods',
    ...(port === undefined ? [] : [`  port: ${port}`]),
    ...(path === undefined ? [] : [`  path: ${scalar(path)}`]),
    ...(scheme === undefined ? [] : [`  scheme: ${scheme}`]),
    '  requests: http_requests_total',
    '  errors: code=~"5.."',
    '  latency: http_request_duration_seconds',
  ]
  return [
    '  # The pods say that they can be scraped. Put in the names of your metrics, and releases are gated on them, too:',
    ...lines.map((line) => `  # ${line}`),
  ]
}

/** A text as YAML would write it on one line, in quotes where it has to. */
const scalar = (text: string): string => stringify(text, { lineWidth: 0 }).trim()
