import { linesWith, sourcesIn, withoutComments } from '../../laws/sources.ts'

/** What is called a code and is none of ours: zod's own, those of Node.js and of an HTTP answer. */
const others = new Set(['custom', 'TOO_LARGE'])

const forms = [/\bcode: '([\w-]+)'/g, /\b(?:errorOf|refusal)\(\s*'([\w-]+)'/g, /\bcode: `config-\$\{noun\}`/g]

/** Every code that the sources give to an error, a complaint or a refusal. */
export function codesInSources(): string[] {
  const sources = sourcesIn('src', 'strategies')
    .filter(({ path }) => path.endsWith('.ts') && !path.startsWith('src/sim/'))
    .map(withoutComments)
  const found = sources.flatMap(({ text }) =>
    forms.flatMap((form) =>
      [...text.matchAll(form)].flatMap(([, code]) =>
        code === undefined ? ['config-service', 'config-environment'] : [code],
      ),
    ),
  )
  return [...new Set(found)].filter((code) => !others.has(code)).sort()
}

/** Places where a code is made in a way that `codesInSources` does not see. */
export const unseenCodes = (): string[] =>
  linesWith(
    sourcesIn('src', 'strategies')
      .filter(({ path }) => path.endsWith('.ts'))
      .map(withoutComments),
    /\bcode: `(?!config-\$\{noun\})/,
  )
