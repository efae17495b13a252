import { readFile } from 'node:fs/promises'
import type { Endpoint, SecretName } from '../../core/metrics.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** The headers of an endpoint with what they hold now, and what of it no message may show. */
export interface Headers {
  readonly headers: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
}

/** Looks secrets up where they are named; anew each time, since tokens in files are replaced. Or why that is not possible. */
export async function headersOf(
  { auth, headers = {} }: Endpoint,
  env: Env,
): Promise<Headers | { readonly down: string }> {
  const secrets: string[] = []
  const all: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const read = isSecretName(value) ? await secretOf(value, `the header ${name}`, env) : { value }
    if ('down' in read) return read
    if (read.value !== value) secrets.push(read.value)
    all[name.toLowerCase()] = read.value
  }
  if (auth) {
    const read = await secretOf('bearer' in auth ? auth.bearer : auth.basic.password, 'auth', env)
    if ('down' in read) return read
    const basic = 'basic' in auth ? Buffer.from(`${auth.basic.username}:${read.value}`).toString('base64') : ''
    secrets.push(read.value, ...(basic === '' ? [] : [basic]))
    all['authorization'] = basic === '' ? `Bearer ${read.value}` : `Basic ${basic}`
  }
  return { headers: all, secrets }
}

const isSecretName = (text: string): text is SecretName => /^(?:env|file):/.test(text)

async function secretOf(
  name: SecretName,
  what: string,
  env: Env,
): Promise<{ readonly value: string } | { readonly down: string }> {
  const place = name.slice(name.indexOf(':') + 1)
  if (name.startsWith('env:')) {
    const value = env[place]?.trim()
    return value
      ? sendable(value, `the variable ${place}`)
      : { down: `the variable ${place} is not set, which ${what} of metrics needs: export ${place}=…` }
  }
  try {
    const value = (await readFile(place, 'utf8')).trim()
    return value === ''
      ? { down: `${place} is empty, which ${what} of metrics needs: write the secret into it` }
      : sendable(value, place)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return {
      down: `${place}, which ${what} of metrics needs, can not be read (${code}): mend the path, or make it readable`,
    }
  }
}

/** Line breaks inside would end the header. */
const sendable = (value: string, place: string): { readonly value: string } | { readonly down: string } =>
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f]/.test(value)
    ? { down: `what ${place} holds has more than one line: keep only the secret there` }
    : { value }
