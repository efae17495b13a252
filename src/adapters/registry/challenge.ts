/** What a registry wants to see, by its WWW-Authenticate headers (RFC 9110, 11.6.1). */
export type Challenge =
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service?: string; readonly scope?: string }
  | { readonly scheme: 'basic' }

/** The first that we can meet; a token rather than a password. */
export function challengeIn(headers: readonly string[]): Challenge | null {
  const bearer = headers.find((header) => /^\s*bearer\s/i.test(header))
  const { realm, service, scope } = parametersOf(bearer ?? '')
  if (realm !== undefined) return { scheme: 'bearer', realm, ...(service && { service }), ...(scope && { scope }) }
  return headers.some((header) => /^\s*basic(\s|$)/i.test(header)) ? { scheme: 'basic' } : null
}

const parametersOf = (header: string): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    [...header.matchAll(/(\w+)=(?:"([^"]*)"|([^\s",]+))/g)].map(([, name = '', quoted, plain]) => [
      name.toLowerCase(),
      quoted ?? plain,
    ]),
  )
