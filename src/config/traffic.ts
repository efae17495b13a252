import * as z from 'zod'
import { later, notYet } from './later.ts'
import { LabelName, ObjectName } from './names.ts'
import { hint } from './nearest.ts'
import { plain, says, shown } from '../core/shown.ts'

const routers = ['gateway-api', 'selector', 'replicas'] as const
export type RouterName = (typeof routers)[number]
const laterRouters = new Set(['istio', 'ingress-nginx', 'traefik'])
const instead = 'use gateway-api, selector or replicas'

const badRouter = ({ input }: { readonly input?: unknown }): string =>
  laterRouters.has(plain(input))
    ? notYet(`the router ${plain(input)}`, instead)
    : says(`${shown(input)} is not a router`, hint(plain(input), routers))

export const Traffic = z
  .strictObject(
    {
      router: z
        .enum(routers, { error: badRouter })
        .optional()
        .meta({
          description:
            'What splits traffic: a Gateway API route, the selector of the Service (all at once), or the number of pods behind it. Without it, it is detected and shown in the plan.',
          examples: ['gateway-api'],
        }),
      route: ObjectName('the name of a route')
        .optional()
        .meta({
          description: 'The HTTPRoute or GRPCRoute that sends users to the Service (gateway-api only).',
          examples: ['web'],
        }),
      pin: z
        .record(LabelName('the name of a Service'), z.boolean(), {
          error: ({ input }) => says(`${shown(input)} is not a map of Services`, 'write { web-internal: false }'),
        })
        .optional()
        .meta({
          description:
            'Services that select the workload are held to the stable pods while a release runs; false leaves one out, so that it reaches old and new pods.',
          examples: [{ 'web-internal': false }],
        }),
      probe: later('traffic.probe', 'a URL that tells which version answers.'),
    },
    {
      error: ({ code, input }) =>
        code === 'invalid_type' && input === 'none' ? notYet('traffic: none', 'use router: replicas') : undefined,
    },
  )
  .superRefine(({ router, route }, context) => {
    if (route === undefined || router === undefined || router === 'gateway-api') return
    const message = says(`the router ${router} has no route`, 'remove route, or use router: gateway-api')
    context.addIssue({ code: 'custom', path: ['route'], message })
  })
