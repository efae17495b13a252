import { describe, it } from 'vitest'
import { partsOf, said } from './support/deploy.ts'
import { type ProjectOf, project, usual } from './support/project.ts'

interface Case extends ProjectOf {
  readonly wrong: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What is wrong and where; then what to do. */
  readonly says: readonly [RegExp, RegExp]
}

const canary = ['canary', 'v2'] as const
const strategies = (line: string): string => `${usual}strategies:\n${line}\n`
const hooks = (line: string): string => usual.replace('acme/web }', `acme/web, hooks: { before: [{ ${line} }] } }`)
const twice = usual.replace('environments:\n', 'environments:\n  test: { clusters: [{ context: test }] }\n')

/** There is no kubeconfig: whatever is refused here was refused before any cluster was thought of. */
const cases: readonly Case[] = [
  {
    wrong: 'an unknown command',
    args: ['canry', 'v2'],
    says: [/unknown command 'canry'/, /did you mean canary\?/],
  },
  {
    wrong: 'an unknown option',
    args: [...canary, '--wieght', '5'],
    says: [/unknown option '--wieght'/, /did you mean --weight\?/],
  },
  {
    wrong: 'events in a folder that is not there',
    args: [...canary, '--events', '/nowhere/events.ndjson'],
    says: [/--events \/nowhere\/events\.ndjson can’t be written: ENOENT/, /a folder that is there/],
  },
  {
    wrong: 'a missing version',
    args: ['canary'],
    says: [/missing required argument 'version'/, /deploy canary --help/],
  },
  {
    wrong: 'an unknown strategy to plan',
    args: ['plan', 'canry', 'v2'],
    says: [/there is no strategy "canry"/, /did you mean canary\?/],
  },
  {
    wrong: 'a strategy of rollback that does not exist',
    args: ['rollback', '--strategy', 'rollin'],
    says: [/there is no strategy "rollin"/, /did you mean rolling\?/],
  },
  {
    wrong: 'no configuration',
    args: canary,
    config: null,
    says: [/there is no deploy\.yaml in \//, /name the file with --config/],
  },
  {
    wrong: 'a configuration that is not where it is said to be',
    args: [...canary, '--config', 'other.yaml'],
    says: [/there is no file other\.yaml/, /name an existing file/],
  },
  {
    wrong: 'a manifest in the place of the configuration',
    args: canary,
    config: 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\n',
    says: [/deploy\.yaml is a Kubernetes manifest \(kind: Deployment\)/, /services\.<name>\.manifests/],
  },
  {
    wrong: 'an unknown key',
    args: canary,
    config: `${usual}servces: {}\n`,
    says: [/deploy\.yaml:6:1.*servces: unknown key/, /did you mean services\?/],
  },
  {
    wrong: 'an unknown option of a strategy in the file',
    args: canary,
    config: strategies('  canary: { weight: [5] }'),
    says: [/deploy\.yaml:7:13.*strategies\.canary\.weight/, /did you mean weights\?/],
  },
  {
    wrong: 'an unknown option in --set',
    args: [...canary, '--set', 'wieghts=5,50'],
    says: [/--set wieghts/, /weights/],
  },
  {
    wrong: '--set without a value',
    args: [...canary, '--set', 'weights'],
    says: [/--set weights: there is no =/, /--set option=value/],
  },
  {
    wrong: 'an unknown environment',
    args: [...canary, '-e', 'prodd'],
    says: [/no environment "prodd" in deploy\.yaml/, /did you mean prod\?/],
  },
  {
    wrong: 'several environments and none named',
    args: canary,
    config: twice,
    says: [/none was named: test, prod/, /--env test/],
  },
  {
    wrong: 'an unknown service',
    args: [...canary, '-s', 'wbe'],
    says: [/no service "wbe" in deploy\.yaml/, /did you mean web\?/],
  },
  { wrong: 'an unknown cluster', args: [...canary, '--cluster', 'west'], says: [/no cluster "west"/, /east/] },
  { wrong: 'a version with a blank', args: ['canary', 'v 2'], says: [/"v 2" is not a version/, /name a tag/] },
  { wrong: 'a version with a colon', args: ['canary', ':v2'], says: [/":v2" is not a version/, /name a tag/] },
  {
    wrong: 'a digest that is cut off',
    args: ['canary', 'sha256:41c2'],
    says: [/"sha256:41c2" is not a version: .* 64 digits/, /sha256:…/],
  },
  {
    wrong: 'an image reference of the service that cannot be parsed',
    args: canary,
    config: usual.replace('localhost:1/acme/web', 'Acme//Web'),
    says: [/deploy\.yaml:3:\d+.*services\.web\.image: "Acme\/\/Web"/, /write it like ghcr\.io\/acme\/web/],
  },
  {
    wrong: 'an image of another repository as version',
    args: ['canary', 'ghcr.io/acme/other:v2'],
    says: [/ghcr\.io\/acme\/other.* localhost:1\/acme\/web/, /name the tag only: v2/],
  },
  ...['0', '101', '50,25', '', '25,x'].flatMap((weights): Case[] => [
    {
      wrong: `weights [${weights}] in the file`,
      args: canary,
      config: strategies(`  canary: { weights: [${weights}] }`),
      says: [/deploy\.yaml:7:\d+.*strategies\.canary\.weights/, /\[5, 25, (pause, )?50\]/],
    },
    {
      wrong: `weights=${weights} in --set`,
      args: [...canary, '--set', `weights=${weights}`],
      says: [/--set weights=/, /\[5, 25, (pause, )?50\]/],
    },
  ]),
  {
    wrong: 'weight 0',
    args: [...canary, '--weight', '0'],
    says: [/--weight \d+: \d+ is not a percentage/, /from 1 to 100/],
  },
  {
    wrong: 'weight 101',
    args: [...canary, '--weight', '101'],
    says: [/--weight \d+: \d+ is not a percentage/, /from 1 to 100/],
  },
  {
    wrong: 'a duration without unit in the file',
    args: canary,
    config: strategies('  canary: { soak: 5 }'),
    says: [/deploy\.yaml:7:19.*strategies\.canary\.soak/, /add a unit: \d+s, \d+m/],
  },
  {
    wrong: 'a duration without unit in --bake',
    args: [...canary, '--bake', '10'],
    says: [/--bake/, /add a unit: \d+s, \d+m/],
  },
  {
    wrong: 'a duration without unit in --set',
    args: [...canary, '--set', 'soak=5'],
    says: [/--set soak/, /add a unit: \d+s, \d+m/],
  },
  {
    wrong: 'a duration without unit in a variable',
    args: canary,
    env: { DEPLOY_CANARY_SOAK: '5' },
    says: [/DEPLOY_CANARY_SOAK/, /add a unit: \d+s, \d+m/],
  },
  {
    wrong: 'a percent without unit',
    args: ['rolling', 'v2'],
    config: strategies('  rolling: { batches: [25, 100] }'),
    says: [/deploy\.yaml:7:\d+.*strategies\.rolling\.batches\[0\]: 25 has no unit.*→ write 25%/, /mend them all/],
  },
  {
    wrong: 'a hook that does not exist',
    args: canary,
    config: hooks('run: [./smoke.sh], timeout: 5s'),
    says: [/deploy\.yaml:3:\d+.*smoke\.sh" does not exist/, /correct the path: it is relative to deploy\.yaml/],
  },
  {
    wrong: 'a hook that may not be run',
    args: canary,
    config: hooks('run: [./smoke.sh], timeout: 5s'),
    files: { 'smoke.sh': '#!/bin/sh\n' },
    says: [/deploy\.yaml:3:\d+.*smoke\.sh/, /chmod \+x \/.*smoke\.sh/],
  },
  {
    wrong: 'a hook that is in no folder of PATH',
    args: canary,
    config: hooks('run: [smoke-of-nobody], timeout: 5s'),
    says: [/deploy\.yaml:3:\d+.*smoke-of-nobody/, /install it/],
  },
  { wrong: '--emergency without --reason', args: [...canary, '--emergency'], says: [/--emergency/, /--reason/] },
  {
    wrong: 'a form of output that there is not',
    args: [...canary, '-o', 'yaml'],
    says: [/yaml is none of text, json, ndjson/, /write one of/],
  },
  {
    wrong: 'a trigger that compares with stable what can not be compared',
    args: canary,
    config: usual.replace('acme/web }', "acme/web, rollback: { when: ['restarts > 1.25 * stable'] } }"),
    says: [/deploy\.yaml:3:\d+.*restarts can't be compared with another version/, /write a number: restarts > 2/],
  },
  {
    wrong: 'a freeze window, which is not there yet',
    args: canary,
    config: usual.replace('context: lab }] }', 'context: lab }], freeze: [Fri 16:00 - Mon 08:00 UTC] }'),
    says: [/deploy\.yaml:5:\d+.*not yet/, /remove it/],
  },
  {
    wrong: 'an EKS cluster, which is not there yet',
    args: canary,
    config: usual.replace('context: lab', 'eks: { cluster: prod, region: eu-west-1 }'),
    says: [/east.*not (there )?yet/, /aws eks update-kubeconfig --name prod/],
  },
  ...['validate', 'pipeline'].map(
    (command): Case => ({
      wrong: `${command}, which is not there yet`,
      args: [command],
      says: [new RegExp(`deploy ${command} is not there yet`), /deploy --help shows/],
    }),
  ),
  { wrong: 'a run that does not exist', args: ['status', 'r0000'], says: [/there is no run r0000/, /deploy list/] },
  {
    wrong: 'a run whose name leads elsewhere',
    args: ['status', '../../etc'],
    says: [/"\.\.\/\.\.\/etc" is not the id of a run/, /deploy list/],
  },
]

describe('what is refused before a cluster is asked', () => {
  it.for(cases)('$wrong', async ({ args, env = {}, says, ...rest }, { expect }) => {
    const cwd = await project(rest)
    expect(partsOf(await said(args, { cwd, env }))).toEqual({
      exit: 2,
      stdout: '',
      what: expect.stringMatching(says[0]),
      remedy: expect.stringMatching(new RegExp(`${says[1].source}.* code [a-z-]+, exit 2$`)),
    })
  })
})
