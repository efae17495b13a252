import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { flat, partsOf, said } from './support/deploy.ts'
import { project } from './support/project.ts'
import { server } from './support/server.ts'

interface Case {
  readonly wrong: string
  readonly edit?: (text: string) => string
  readonly args?: readonly string[]
  /** Who the cluster is when the plan is applied. */
  readonly uid?: string
  readonly exit: number
  readonly says: readonly [RegExp, RegExp]
}

const again = /make it again: deploy plan <strategy> <version> --out plan\.json/

const cases: readonly Case[] = [
  {
    wrong: 'edited',
    edit: (text) => text.replaceAll('acme/web:v2', 'acme/web:v3'),
    exit: 2,
    says: [/plan\.json can't be used: it was edited: its hash is \w{64}, and the file says \w{64}/, again],
  },
  {
    wrong: 'cut off',
    edit: (text) => text.slice(0, text.length / 2),
    exit: 2,
    says: [/plan\.json can't be used: it is no JSON: it was cut off or edited/, again],
  },
  { wrong: 'empty', edit: () => '', exit: 2, says: [/plan\.json can't be used: it is no JSON/, again] },
  {
    wrong: 'something else',
    edit: () => '{ "kind": "Deployment" }',
    exit: 2,
    says: [/plan\.json can't be used: it is no plan of this tool/, again],
  },
  {
    wrong: 'made by another version of the tool',
    edit: (text) => text.replace(/"tool": ".*?"/, '"tool": "9.9"'),
    exit: 2,
    says: [/plan\.json can't be used: it was made by deploy 9\.9/, again],
  },
  {
    wrong: 'for another cluster',
    uid: 'uid-2',
    exit: 20,
    says: [/cluster east is not the one .* kube-system has uid uid-2; the plan has uid-1/, /make a fresh plan/],
  },
  {
    wrong: 'approved by another hash',
    args: ['--approve', '7f3a'],
    exit: 6,
    says: [/the plan's hash is \w{64}, and 7f3a was approved/, /deploy apply .*plan\.json --approve \w{64}/],
  },
  {
    wrong: 'asked to become another plan',
    args: ['--bake', '5m'],
    exit: 2,
    says: [/unknown option '--bake'/, /deploy apply --help/],
  },
]

/** A plan for v2 in a file, as JSON and as it was printed; after that there is neither cluster nor configuration. */
async function saved() {
  const cwd = await project()
  const file = join(cwd, 'plan.json')
  const { stdout } = await said(['plan', 'canary', 'v2', '-o', 'json', '--out', file], { cwd, ...(await server()) })
  await rm(join(cwd, 'deploy.yaml'))
  return { cwd, file, stdout }
}

describe('a plan that was saved', () => {
  it('is printed as it was made, for programs', async ({ expect }) => {
    const { cwd, file, stdout } = await saved()
    expect(await said(['plan', file, '-o', 'json'], { cwd })).toEqual({ exit: 0, stdout, stderr: '' })
  })

  it('may say what was found when it was made, which is no part of it', async ({ expect }) => {
    const { cwd, file, stdout } = await saved()
    await writeFile(
      file,
      JSON.stringify({ ...JSON.parse(stdout), detection: [{ unit: 'web@east', rps: 120, stages: [] }] }),
    )
    expect(await said(['plan', file, '-o', 'json'], { cwd })).toEqual({ exit: 0, stdout, stderr: '' })
  })

  it('is printed for people, with the command that runs it', async ({ expect }) => {
    const { cwd, file } = await saved()
    const printed = await said(['plan', file], { cwd })
    expect(printed).toMatchObject({ exit: 0, stderr: '' })
    expect(printed.stdout).toMatch(/^canary web  v1 → v2 \(not pinned\)   prod: east/)
    expect(flat(printed.stdout)).toContain(`run it: deploy apply ${file}`)
  })

  it.for([
    ['--bake', '5m'],
    ['-e', 'prod'],
    ['--cluster', 'east'],
    ['--out', 'other.json'],
  ])('is not made another by %s', async ([flag = '', value = ''], { expect }) => {
    const { cwd, file } = await saved()
    expect(partsOf(await said(['plan', file, flag, value], { cwd }))).toEqual({
      exit: 2,
      stdout: '',
      what: expect.stringMatching(/--\w+ can't change a plan that was saved/),
      remedy: expect.stringMatching(/make another: deploy plan <strategy> <version>/),
    })
  })

  it('is the only reason to name no version', async ({ expect }) => {
    expect(partsOf(await said(['plan', 'canary'], { cwd: await project() }))).toEqual({
      exit: 2,
      stdout: '',
      what: expect.stringMatching(/missing required argument 'version'/),
      remedy: expect.stringMatching(/deploy plan canary v1\.2\.3, or a saved plan: deploy plan plan\.json/),
    })
  })
})

describe('a plan that is not as it was made', () => {
  it.for(cases)('$wrong', async ({ edit = (text) => text, args = [], uid, exit, says }, { expect }) => {
    const cwd = await project()
    const first = await server({ uid: 'uid-1' })
    expect((await said(['plan', 'canary', 'v2', '--out', join(cwd, 'plan.json')], { cwd, ...first })).exit).toBe(0)
    await writeFile(join(cwd, 'plan.json'), edit(await readFile(join(cwd, 'plan.json'), 'utf8')))

    const { kubeconfig, mutations } = uid ? await server({ uid }) : first
    expect(partsOf(await said(['apply', join(cwd, 'plan.json'), ...args], { cwd, kubeconfig }))).toEqual({
      exit,
      stdout: '',
      what: expect.stringMatching(says[0]),
      remedy: expect.stringMatching(says[1]),
    })
    expect([...first.mutations(), ...mutations()]).toEqual([])
  })

  it.for(cases.filter(({ edit }) => edit))(
    '$wrong: it is not printed either',
    async ({ edit, exit, says }, { expect }) => {
      const { cwd, file } = await saved()
      await writeFile(file, edit?.(await readFile(file, 'utf8')) ?? '')
      expect(partsOf(await said(['plan', file], { cwd }))).toEqual({
        exit,
        stdout: '',
        what: expect.stringMatching(says[0]),
        remedy: expect.stringMatching(says[1]),
      })
    },
  )

  it('not there', async ({ expect }) => {
    expect(partsOf(await said(['apply', 'none.json'], { cwd: await project() }))).toEqual({
      exit: 2,
      stdout: '',
      what: expect.stringMatching(/none\.json can't be used: ENOENT/),
      remedy: expect.stringMatching(/make one: deploy plan <strategy> <version> --out plan\.json/),
    })
  })
})
