import * as z from 'zod'
import type { SecretName } from '../core/metrics.ts'
import { plain, says, shown } from '../core/shown.ts'
import { Line } from './names.ts'

const howToName = 'write env:PROM_TOKEN or file:/run/secrets/token, where it is read when it is needed'

const isSecretName = (text: string): boolean => /^(?:env:[A-Za-z_]\w*|file:\S.*)$/.test(text)

const Secret = z
  .string({ error: () => says('this is not the name of a secret', howToName) })
  .refine(isSecretName, { error: () => says('a secret may not stand in this file', howToName) })
  .transform((text) => text as SecretName)

const Auth = z
  .strictObject(
    {
      bearer: Secret.optional().meta({
        description: 'Where the token is: env:NAME or file:PATH.',
        examples: ['env:PROM_TOKEN'],
      }),
      basic: z
        .strictObject(
          {
            username: z
              .string({ error: () => says('there is no user name', 'add username: deploy') })
              .min(1, { error: () => says('there is no user name', 'add username: deploy') })
              .meta({ description: 'The user.', examples: ['deploy'] }),
            password: Secret.meta({
              description: 'Where the password is: env:NAME or file:PATH.',
              examples: ['env:PROM_PASSWORD'],
            }),
          },
          { error: ({ code }) => (code === 'invalid_type' ? says('this is not a map', howToLogIn) : undefined) },
        )
        .optional()
        .meta({
          description: 'HTTP basic authentication.',
          examples: [{ username: 'deploy', password: 'env:PROM_PASSWORD' }],
        }),
    },
    { error: ({ code }) => (code === 'invalid_type' ? says('this is not a way to log in', howToLogIn) : undefined) },
  )
  .superRefine(({ bearer, basic }, context) => {
    if ((bearer === undefined) !== (basic === undefined)) return
    context.addIssue({ code: 'custom', message: says('log in by one of bearer and basic', howToLogIn) })
  })
  .transform(({ bearer, basic }) => (bearer === undefined ? { basic: basic! } : { bearer }))

const howToLogIn = 'write { bearer: env:PROM_TOKEN }, or { basic: { username: deploy, password: env:PROM_PASSWORD } }'

const secretHeaders = /^(?:authorization|proxy-authorization|cookie|.*(?:api-?key|token|secret|password).*)$/i

const Headers = z
  .record(
    z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, {
      error: () => says('this is not the name of a header', 'write it like X-Scope-OrgID'),
    }),
    z
      .string({ error: () => says('the value of a header is text', 'put it in quotes') })
      // oxlint-disable-next-line no-control-regex
      .regex(/^[^\u0000-\u001f\u007f]*$/, {
        error: () => says('the value of a header is on one line', 'remove line breaks and control characters'),
      }),
    { error: () => says('this is not a map of headers', 'write { X-Scope-OrgID: acme }') },
  )
  .superRefine((headers, context) => {
    for (const [name, value] of Object.entries(headers))
      if (secretHeaders.test(name) && !isSecretName(value))
        context.addIssue({
          code: 'custom',
          path: [name],
          message: says('a secret may not stand in this file', howToName),
        })
  })

const badUrl = ({ input }: { readonly input?: unknown }): string =>
  says(`${shown(plain(input).replace(/\/\/[^/]*@/, '//…@'))} is not a URL`, 'write it like https://prometheus.internal')

const Url = z
  .string({ error: badUrl })
  .refine((text) => /^https?:\/\//i.test(text) && URL.canParse(withoutPlaceholders(text)), { error: badUrl })
  .refine((text) => !hasPassword(text), {
    error: () =>
      says(
        'a password may not stand in a URL',
        'write it as auth: { basic: { username: deploy, password: env:PROM_PASSWORD } }',
      ),
  })

const hasPassword = (text: string): boolean => {
  const plainText = withoutPlaceholders(text)
  return URL.canParse(plainText) && (new URL(plainText).username !== '' || new URL(plainText).password !== '')
}

/** `{pod}` and the like can stand where a URL takes only letters. */
export const withoutPlaceholders = (url: string): string => url.replaceAll(/\{(\w+)\}/g, '$1')

/** How a server of figures is reached; all of it can differ by cluster. */
export const endpointKeys = {
  url: Url.optional().meta({
    description:
      'Where Prometheus answers, with the path before /api/v1 (prometheus); or what answers with JSON (http-json), where {cluster}, {namespace}, {service}, {pod} and {version} are filled in.',
    examples: ['https://prometheus.internal'],
  }),
  auth: Auth.optional().meta({
    description: 'How to log in there. Secrets are named, never written here.',
    examples: [{ bearer: 'env:PROM_TOKEN' }],
  }),
  headers: Headers.optional().meta({
    description: 'Headers to send; a value may be env:NAME or file:PATH.',
    examples: [{ 'X-Scope-OrgID': 'acme' }],
  }),
  ca: Line('a path')
    .optional()
    .meta({
      description: 'PEM file of the CA that signed its certificate, relative to this file.',
      examples: ['certs/internal-ca.pem'],
    }),
}
