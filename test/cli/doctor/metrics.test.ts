import { describe, expect, it } from 'vitest'
import type { Reply } from '../../adapters/kubernetes/support/fake-api.ts'
import { said } from '../support/deploy.ts'
import { project, usual } from '../support/project.ts'
import { server } from '../support/server.ts'

const metrics = 'metrics: { source: pods, port: 8080, requests: a_total, errors: code="500" }'

/** What doctor says of the figures, where each pod has this page and no WebSocket gets through. */
async function found(page: Reply, config = usual.replace('acme/web }', `acme/web, ${metrics} }`)) {
  const { kubeconfig } = await server({ instead: ({ path }) => (path.includes('/proxy/') ? page : null) })
  const { stdout } = await said(['doctor', '--json'], { cwd: await project({ config }), kubeconfig })
  const { checks } = JSON.parse(stdout) as { checks: { name: string; findings: unknown }[] }
  return checks.find(({ name }) => name === 'metrics')?.findings
}

describe('doctor says of the figures', () => {
  it('by which way they come', async () => {
    expect(await found({ body: 'a_total 7\n' })).toEqual([
      {
        answer: 'ok',
        place: 'web@prod/east',
        what: expect.stringMatching(/^pods by the proxy of the API server: \d+ pods, \d+ series$/) as string,
      },
    ])
  })

  it('why they do not', async () => {
    expect(await found({ body: '# TYPE a_total gauge\na_total 7\n' })).toMatchObject([
      { answer: 'fail', what: expect.stringContaining('a_total is a gauge, requests needs a counter') as string },
    ])
  })

  it('that nothing was counted yet', async () => {
    expect(await found({ body: 'b_total 7\n' })).toMatchObject([
      { answer: 'warn', what: expect.stringContaining('no pod has counted a request yet') as string },
    ])
  })

  it('that there are none to look at', async () => {
    expect(await found({}, usual)).toMatchObject([{ answer: 'skipped' }])
  })
})
