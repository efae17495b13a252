import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { onTerminal } from '../report/terminal.ts'
import { freshNamespace, lab } from './fixture.ts'
import { within } from './network.ts'
import { makeProject, removeProject } from './scenarios/project.ts'
import { traces, worldOf } from './scenarios/world.ts'

const deploy = join(import.meta.dirname, '../../bin/deploy.ts')

it('a person at a terminal watches a canary, sends it on from a pause, and takes it back', async () => {
  const namespace = await freshNamespace()
  const { uids, selector } = await namespace.web({ replicas: 4 })
  const before = await worldOf(namespace)
  const cwd = await makeProject({
    clusters: [{ context: 'a', namespace: namespace.name }],
    traffic: { router: 'gateway-api' },
    strategies: { canary: { weights: [25, 'pause', 50], soak: '6s', bake: '5m' } },
  })
  onTestFinished(() => removeProject(cwd))

  const [program, argv] = within(lab.facts.netns, [process.execPath, deploy, 'canary', '2.0.0'])
  const shown = await onTerminal(argv, {
    program,
    cwd,
    rows: 40,
    env: { HOME: cwd, KUBECONFIG: lab.facts.kubeconfig },
    keys: [
      { after: 'paused: "p" and Enter goes on', press: 'p\r' },
      { after: '● weight 50 %', press: '\u0003' },
      { after: 'Ctrl-C: type "a" and Enter', press: 'a\r' },
    ],
  })

  expect(`\n${lastPicture(shown.lines)}`).toMatchInlineSnapshot(`
    "
    canary web  1.0.0 → 2.0.0   lab/a   run <run>   <time> by <who>

     ✔ prepare        n s · 1 of 1 new pods available
     ✔ weight 25 %    n s · 1 of 1 new pods available for n s · weight accepted, not proved
     ✔ wait for a human  n s · 1 of 1 new pods available
     ◀ going back     from weight 50 %: aborted by <who>
     ✔ requests back  <time>
     ✔ pods back      <time>
     ✔ the rest back  <time>

     ! <who> says promote pause-1
     ! <who> says abort

    Taken back: web serves 1.0.0 in a, seen in the endpoints of its services                     exit 22
      why       aborted by <who>
      undone    requests <time>, pods <time>, the rest <time>
      evidence  weight 25 %: 1 of 1 new pods available for n s · weight accepted, not proved
                <folder>
      took      n s, <time> to <time>, run <run> by <who>
      journal   head …, n entries
      next      deploy status <run>   this text again; nothing is urgent, the old version serves
    "
  `)
  // It was alive: the cursor hidden, with a stage that runs and others to come.
  for (const sign of ['\u001B[?25l', '●', '○']) expect(shown.raw).toContain(sign)
  expect(shown).toMatchObject({ exit: 22, signal: 0, cursorShown: true })
  expect(await namespace.podUids(selector)).toEqual(uids)
  expect(traces(before, await worldOf(namespace))).toEqual([])
})

/** From the last head of the tree on, without what differs from run to run. */
function lastPicture(lines: readonly string[]): string {
  const head = lines.findLastIndex((line) => line.startsWith('canary web'))
  return lines
    .slice(head)
    .join('\n')
    .replaceAll(/\/tmp\/\S+/g, '<folder>')
    .replaceAll(/\d\d:\d\d(:\d\d)?/g, '<time>')
    .replaceAll(/\b(\d+ min )?\d+ s\b/g, 'n s')
    .replace(/ +n?\d*:?\d+$/m, '')
    .replaceAll(/\br[a-z0-9]{5}\b/g, '<run>')
    .replaceAll(/by \S+( on \S+)?$/gm, 'by <who>')
    .replaceAll(/^ ! \S+ says/gm, ' ! <who> says')
    .replace(/head \w+…, \d+/, 'head …, n')
}
