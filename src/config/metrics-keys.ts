import * as z from 'zod'
import { Duration, Timeout } from '../core/options.ts'
import { plain, says, shown } from '../core/shown.ts'
import { endpointKeys } from './endpoint.ts'
import { WordName } from './names.ts'
import { hint } from './nearest.ts'

const sources = ['prometheus', 'pods', 'http-json'] as const
export type SourceName = (typeof sources)[number]

const Text = (what: string, example: string) =>
  z.string({
    error: ({ input }) => says(input === undefined ? 'missing' : `${shown(input)} is not ${what}`, `write ${example}`),
  })

const Steps = z.array(
  z.strictObject({
    le: Duration.meta({ description: 'So long at most.', examples: ['500ms'] }),
    pointer: Text('a JSON pointer', '/latency/le500').meta({
      description: 'Where the number of requests is that took at most so long.',
      examples: ['/latency/le500'],
    }),
  }),
)

/** The keys of `services.<name>.metrics`, each for itself; `metrics.ts` says what they mean together. */
export const Keys = z.strictObject({
  source: z
    .enum(sources, {
      error: ({ input }) =>
        input === undefined
          ? says('missing', 'add source: prometheus, pods or http-json')
          : says(`${shown(input)} is not a source of figures`, hint(plain(input), sources)),
    })
    .meta({
      description:
        'Where figures come from: a Prometheus (or what speaks its API), the pods’ own /metrics read through the API server, or a service that answers with JSON.',
      examples: ['prometheus'],
    }),
  ...endpointKeys,
  clusters: z
    .record(WordName('the name of a cluster'), z.strictObject(endpointKeys))
    .optional()
    .meta({
      description: 'What differs for a cluster, by its name in environments.',
      examples: [{ 'eu-west-1': { url: 'https://prometheus.eu.internal' } }],
    }),
  requests: Text('a counter', 'requests: http_requests_total{namespace="web"}').meta({
    description: 'The counter of requests, with labels that narrow it; a JSON pointer for http-json.',
    examples: ['http_requests_total{namespace="web"}'],
  }),
  errors: Text('which requests failed', 'errors: code=~"5.."').meta({
    description:
      'Which of them failed: labels of the same series, or a counter of its own; a JSON pointer for http-json.',
    examples: ['code=~"5.."'],
  }),
  latency: z
    .union([z.string(), Steps], {
      error: ({ input }) =>
        says(
          `${shown(input)} is not a histogram`,
          'write its name: http_request_duration_seconds; or, for http-json, [{ le: 500ms, pointer: /latency/le500 }]',
        ),
    })
    .optional()
    .meta({
      description:
        'The classic histogram (with _bucket and le) of how long requests take; for http-json, numbers of requests that took at most so long.',
      examples: ['http_request_duration_seconds'],
    }),
  latencyUnit: z
    .enum(['s', 'ms', 'us'], {
      error: ({ input }) => says(`${shown(input)} is not a unit`, 'write s, ms or us'),
    })
    .optional()
    .meta({ description: 'Unit of the histogram; without it the one in its name.', examples: ['ms'] }),
  podLabel: Text('the name of a label', 'podLabel: pod')
    .regex(/^[a-zA-Z_]\w*$/, {
      error: ({ input }) => says(`${shown(input)} is not the name of a label`, 'write it like pod'),
    })
    .optional()
    .meta({ description: 'The label that names the pod; pod where it is not said.', examples: ['pod'] }),
  port: z
    .int({ error: ({ input }) => badPort(input) })
    .min(1, { error: ({ input }) => badPort(input) })
    .max(65_535, { error: ({ input }) => badPort(input) })
    .optional()
    .meta({
      description: 'Port of the pods’ metrics; without it the annotation prometheus.io/port.',
      examples: [8080],
    }),
  path: z
    .string({ error: ({ input }) => badPath(input) })
    .regex(/^\/[^\s#]*$/, { error: ({ input }) => badPath(input) })
    .optional()
    .meta({
      description: 'Path of the pods’ metrics; without it the annotation prometheus.io/path, else /metrics.',
      examples: ['/metrics'],
    }),
  scheme: z
    .enum(['http', 'https'], { error: ({ input }) => says(`${shown(input)} is not a scheme`, 'write http or https') })
    .optional()
    .meta({
      description:
        'How the pods’ metrics are served; without it the annotation prometheus.io/scheme, else http. Certificates of pods are not checked: the API server says which pod answers.',
      examples: ['http'],
    }),
  every: Timeout.optional().meta({
    description: 'How often it is asked: 5s for prometheus, 10s for the others where it is not said.',
    examples: ['10s'],
  }),
})

const badPort = (input: unknown): string => says(`${shown(input)} is not a port`, 'write a number from 1 to 65535')
const badPath = (input: unknown): string => says(`${shown(input)} is not a path`, 'write it like /metrics')

export type Written = z.output<typeof Keys>
