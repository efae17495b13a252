import { describe, expect, it } from 'vitest'
import { example } from './support/example.ts'

const gatewayApi = { name: 'gateway-api', manifests: 'shop.yaml' }

describe('examples/gateway-api', { timeout: 120_000 }, () => {
  it('has a plan that says what is measured, what takes it back and what must hold', async () => {
    const { deploy, refused } = await example(gatewayApi)
    const { exit, stdout, stderr } = await deploy('plan', 'canary', 'v1.2.3')
    expect(exit, stderr).toBe(0)
    expect(stdout).toContain('route web: web 95, web-canary 5')
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'error-rate > 1.25 * stable · latency.p95 > 1.15 * stable · error-rate > 5% for 2m · latency.p95 > 2s for 2m · restarts > 2',
    )
    expect(stdout).toContain('availability ≥ 99% · latency.p95 ≤ 500ms')
    expect(refused).toEqual([])
  })

  it('goes without a comparison that is named, however it is spaced', async () => {
    const { deploy } = await example(gatewayApi)
    const without = ['--ignore-trigger', 'error-rate>1.25*stable', '--reason', 'another database']
    const { exit, stdout, stderr } = await deploy('canary', 'v1.2.3', '--dry-run', ...without)
    expect(exit, stderr).toBe(0)
    const [, triggers = '', rest = ''] = /goes back when(.*)must hold(.*)/s.exec(stdout) ?? []
    expect(triggers).toContain('latency.p95 > 1.15 * stable')
    expect(triggers).not.toContain('error-rate > 1.25 * stable')
    expect(rest).toContain('error-rate > 1.25 * stable')
  })

  it('releases a good version, each weight seen in the requests that the pods counted', async () => {
    const { deploy } = await example(gatewayApi)
    const { exit, stderr } = await deploy('canary', 'v1.2.3')
    expect(exit, stderr).toBe(0)
    expect(stderr).toMatch(/weight 50 %: pass: .*availability 100 % of [\d,]+ requests.*share seen (?:4|5)\d/)
  })

  it('takes a version back that fails three requests in ten, at the first weight', async () => {
    const { deploy } = await example(gatewayApi)
    const { exit, stderr } = await deploy('canary', 'v1.2.4-err30')
    expect(exit, stderr).toBe(3)
    expect(stderr).toMatch(
      /weight 5 %: fail: (?:canary fails [\d.]+ % of requests, stable|new pods: (?:errors|availability) [\d.]+ % of \d+ requests)/,
    )
    expect(stderr).toContain('Taken back: web serves v1.2.2 in staging')
  })
})
