import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { RehearsalResult } from '../../src/report/documents/rehearse.ts'
import { flat, partsOf, said } from './support/deploy.ts'
import { project } from './support/project.ts'
import { server } from './support/server.ts'

const quick = ['--fault', 'crash-loop', '--stage', 'prepare']

describe('deploy rehearse', () => {
  it('says what would happen, what it rests on, and changes nothing', async ({ expect }) => {
    const { kubeconfig, mutations } = await server()
    const { exit, stdout, stderr } = await said(['rehearse', 'canary', 'v2', ...quick], {
      cwd: await project(),
      kubeconfig,
    })
    expect([exit, mutations(), stderr]).toEqual([0, [], 'rehearsing 2 runs\n'])
    const places = ['assumed', 'with nothing wrong', '(crash-loop)'].map((text) => stdout.indexOf(text))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(flat(stdout)).toMatch(/taken back \(exit 3\).*✔ 1 outcome, all safe$/)
  })

  it('ends with 21 when an outcome is not safe, and says what would help', async ({ expect }) => {
    const { kubeconfig } = await server()
    const { exit, stdout } = await said(['rehearse', 'canary', 'v2', '--fault', 'errors-100', '--stage', 'bake'], {
      cwd: await project(),
      kubeconfig,
    })
    expect(exit).toBe(21)
    expect(flat(stdout)).toMatch(/NOT FOUND \(exit 0\).*it is released all the same: nothing measures requests/)
    expect(flat(stdout)).toMatch(/✘ 1 outcome: 0 safe, 1 not do say where requests are counted/)
  })

  it('of a plan that was saved gives the plan its hash back, as a document of the published schema', async ({
    expect,
  }) => {
    const cwd = await project()
    const { kubeconfig } = await server()
    const file = join(cwd, 'plan.json')
    await said(['plan', 'rolling', 'v2', '--out', file], { cwd, kubeconfig })
    const { hash } = JSON.parse(await readFile(file, 'utf8')) as { hash: string }
    const { exit, stdout } = await said(
      ['rehearse', file, '--fault', 'killed', '--stage', 'bake', '-o', 'json', '--rate', '7', '--latency', '30ms'],
      { cwd, kubeconfig },
    )
    const document = RehearsalResult.parse(JSON.parse(stdout))
    expect([exit, document.answer, document.plan]).toEqual([0, 'safe', hash])
    expect(document.outcomes.map(({ fault, stage, outcome }) => [fault, stage, outcome])).toEqual([
      ['killed', 'bake', 'released'],
    ])
    expect(document.assumed[0]).toMatch(/^7 requests a second \(assumed\).* within 30 ms/)
  })

  it('writes a page, and the plan that it is about', async ({ expect }) => {
    const cwd = await project()
    const { kubeconfig } = await server()
    const [page, plan] = [join(cwd, 'r.html'), join(cwd, 'plan.json')]
    const args = ['rehearse', 'rolling', 'v2', ...quick.slice(0, 2), '--stage', 'batch-25']
    const { exit } = await said([...args, '--html', page, '--out', plan], { cwd, kubeconfig })
    expect(exit).toBe(0)
    const { hash } = JSON.parse(await readFile(plan, 'utf8')) as { hash: string }
    expect(await readFile(page, 'utf8')).toContain(hash)
  })

  it('of a world that moved since the plan was made is refused as stale', async ({ expect }) => {
    const cwd = await project()
    const file = join(cwd, 'plan.json')
    await said(['plan', 'rolling', 'v2', '--out', file], { cwd, ...(await server({ uid: 'uid-1' })) })
    const { kubeconfig } = await server({ uid: 'uid-2' })
    expect(partsOf(await said(['rehearse', file], { cwd, kubeconfig }))).toMatchObject({
      exit: 20,
      what: expect.stringMatching(/cluster east is not the one that the plan was made for/),
    })
  })
})

describe('deploy rehearse, asked for what there is not', () => {
  it.for([
    [['canary', 'v2', '--fault', 'erors-100'], /--fault erors-100: there is no such one/, /did you mean errors-100\?/],
    [['canary', 'v2', '--stage', 'weight-26'], /--stage weight-26: there is no such one/, /did you mean weight-25\?/],
    [
      ['canary', 'v2', '--fault', 'quota', '--stage', 'bake'],
      /quota makes no sense at bake why it fits at prepare, weight-25/,
      /leave --fault or --stage out/,
    ],
    [['canary', 'v2', '--fault', 'provider-down'], /makes no sense at any stage of this plan/, /leave --fault/],
    [['canary'], /missing required argument 'version'/, /deploy rehearse canary v1\.2\.3, or a saved plan/],
    [['canary', 'v2', '--rate', 'many'], /--rate many is no number above 0/, /--rate 250/],
    [['canary', 'v2', '--latency', '3'], /--latency 3 is no duration above 0/, /--latency 250ms/],
    [[], /plan\.json can't be used: ENOENT/, /make one: deploy plan/],
  ] as const)('%j', async ([args, what, remedy], { expect }) => {
    const { kubeconfig } = await server()
    const ended = partsOf(await said(['rehearse', ...args], { cwd: await project(), kubeconfig }))
    expect(ended).toEqual({
      exit: 2,
      stdout: '',
      what: expect.stringMatching(what),
      remedy: expect.stringMatching(remedy),
    })
  })

  it('a page where nobody may write: the rehearsal is not lost', async ({ expect }) => {
    const cwd = await project()
    const { kubeconfig } = await server()
    await writeFile(join(cwd, 'file'), '')
    const args = ['rehearse', 'rolling', 'v2', '--fault', 'crash-loop', '--stage', 'bake']
    const { exit, stdout, stderr } = await said([...args, '--html', join(cwd, 'file/r.html')], { cwd, kubeconfig })
    expect([exit, flat(stdout)]).toEqual([2, expect.stringMatching(/1 outcome, all safe$/)])
    expect(flat(stderr)).toMatch(/the rehearsal can't be saved to .*file\/r\.html why ENOTDIR/)
  })
})
