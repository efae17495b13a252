import { describe, expect, it } from 'vitest'
import { flat, said } from '../support/deploy.ts'
import { project } from '../support/project.ts'

const explain = async (words: readonly string[], env: Record<string, string> = {}, config?: string) =>
  said(['explain', ...words], { cwd: await project(config === undefined ? {} : { config }), env })

describe('deploy explain', () => {
  it.each([
    ['a word', ['soak'], /^soak How long a stage is watched/],
    ['a word of several', ['fencing', 'token'], /^fencing token The annotation deploy\/token/],
    ['the same with a dash', ['fencing-token'], /^fencing token /],
    ['a word in plural', ['waves'], /^wave /],
    ['a key', ['strategies.canary.weights'], /takes list default \[5, 25, 50\]/],
    [
      'a key with a name of your own',
      ['services.shop.traffic.router'],
      /^services\.<name>\.traffic\.router .* example gateway-api/,
    ],
    [
      'a key inside of a list',
      ['environments.prod.clusters[0].context'],
      /^environments\.<name>\.clusters\[\]\.context /,
    ],
    ['an option of a variant', ['strategies.careful.batches'], /^strategies\.rolling\.batches /],
    ['a key of a later version', ['notify'], /Not yet/],
    ['an error code', ['plan-stale'], /^plan-stale error code .* do make a fresh plan/],
    ['an exit code', ['exit', '3'], /^exit 3 exit code The release failed/],
    ['the number alone', ['21'], /^exit 21 /],
  ])('knows %s', async (_, words, text) => {
    const { exit, stdout, stderr } = await explain(words)
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    expect(flat(stdout)).toMatch(text)
  })

  it('finds every key that ends with what was said', async () => {
    const { stdout } = await explain(['weights'])
    expect(stdout.match(/^\S+(?= {3}key of)/gm)).toEqual([
      'services.<name>.judge.weights',
      'strategies.blue-green.weights',
      'strategies.canary.weights',
    ])
  })

  it.each([
    [['soka'], 'soak'],
    [['plan-stael'], 'plan-stale'],
    [['services.web.trafic.router'], 'router'],
  ])('%j is refused with the nearest word', async (words, near) => {
    const { exit, stdout, stderr } = await explain(words)
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
    expect(flat(stderr)).toMatch(new RegExp(`do did you mean [^?]*\\b${near}\\b.*code explain-unknown, exit 2`))
  })

  it('lists the words when nothing was asked', async () => {
    const { exit, stdout } = await explain([])
    expect(exit).toBe(0)
    expect(flat(stdout)).toMatch(/fencing token, finish, frozen/)
  })

  it('gives a program a document', async () => {
    const { stdout } = await explain(['receipt', '--json'])
    expect(JSON.parse(stdout)).toEqual({
      v: 1,
      topics: [{ kind: 'word', name: 'receipt', means: expect.any(String), see: ['step'] }],
    })
  })
})

describe('deploy explain config', () => {
  const config = [
    'version: 1',
    'services:',
    '  web: { image: ghcr.io/acme/web, hooks: { before: [{ run: [./smoke.sh] }] } }',
    'strategies:',
    '  canary: { weights: [1, 50] }',
    'environments:',
    '  staging: { clusters: [{ context: staging }] }',
    '  prod: { protected: true, clusters: [{ context: prod }] }',
    '',
  ].join('\n')
  const values = async (words: readonly string[], env: Record<string, string> = {}) => {
    const { stdout } = await explain(['config', ...words, '--json'], env, config)
    const { settings } = JSON.parse(stdout) as { settings: { key: string; text: string; origin: { from: string } }[] }
    return Object.fromEntries(settings.map(({ key, text, origin }) => [key, [text, origin.from]]))
  }

  it('says who said each value: flag, variable, file or default', async () => {
    expect(
      await values(['canary', '--set', 'soak=7m'], { DEPLOY_CANARY_BAKE: '3m', DEPLOY_ENV: 'prod' }),
    ).toMatchObject({
      service: ['web', 'only'],
      environment: ['prod', 'variable'],
      'services.web.image': ['ghcr.io/acme/web', 'file'],
      'services.web.workload': ['deployment/web', 'default'],
      'services.web.hooks.before[0].timeout': ['5m', 'default'],
      'strategies.canary.weights': ['[1, 50]', 'file'],
      'strategies.canary.soak': ['7m', 'flag'],
      'strategies.canary.bake': ['3m', 'variable'],
      'strategies.canary.parallel': ['1', 'default'],
      'environments.staging.protected': ['false', 'default'],
      'environments.prod.protected': ['true', 'file'],
    })
  })

  it('says nothing of what nobody chose, and of other strategies when one was named', async () => {
    const keys = Object.keys(await values(['canary']))
    expect(keys).not.toContain('environment')
    expect(keys.filter((key) => key.startsWith('strategies.') && !key.startsWith('strategies.canary.'))).toEqual([])
  })

  it('has places in the file and names of variables as text, and warns of variables that nobody reads', async () => {
    const { stdout, stderr } = await explain(['config'], { DEPLOY_OUTPUT: 'text', DEPLOY_CANRY_BAKE: '1m' }, config)
    expect(flat(stdout)).toMatch(/strategies\.canary\.weights \[1, 50\] deploy\.yaml:5:13/)
    expect(flat(stdout)).toMatch(/--output text DEPLOY_OUTPUT/)
    expect(stderr).toBe(
      'DEPLOY_CANRY_BAKE is no variable of deploy and is not read; did you mean DEPLOY_CANARY_BAKE?\n',
    )
  })

  it('refuses a strategy that there is not', async () => {
    const { exit, stderr } = await explain(['config', 'canry'], {}, config)
    expect(exit).toBe(2)
    expect(flat(stderr)).toMatch(/no strategy "canry".*did you mean canary/)
  })
})
