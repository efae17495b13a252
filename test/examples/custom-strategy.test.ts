import { describe, expect, it } from 'vitest'
import { ownStrategies } from '../../examples/custom-strategy/strategies.ts'
import { flat } from '../cli/support/deploy.ts'
import { example } from './support/example.ts'

const darkLaunch = { name: 'custom-strategy', manifests: 'web.yaml', strategies: ownStrategies }

describe('examples/custom-strategy', { timeout: 120_000 }, () => {
  it('has a plan in which no request moves before a human has spoken', async () => {
    const { deploy, refused } = await example(darkLaunch)
    const { exit, stdout, stderr } = await deploy('plan', 'dark-launch', 'v1.2.3')
    expect(exit, stderr).toBe(0)
    const [before = ''] = stdout.split('wait for a human')
    expect(before).toContain('4 new pods (100 %)')
    expect(before).not.toContain('route web')
    expect(refused).toEqual([])
  })

  it('waits in the dark, and goes on when somebody promotes it', async () => {
    const { deploy } = await example(darkLaunch)
    const waiting = await deploy('dark-launch', 'v1.2.3', '--exit-on-pause')
    expect(waiting.exit, waiting.stderr).toBe(5)
    const promoted = await deploy('promote')
    expect(promoted.exit, promoted.stderr).toBe(0)
    expect(promoted.stderr).toContain('Done: web serves v1.2.3 in staging')
  })

  it('is a command with help and variants like the built-in ones', async () => {
    const { deploy } = await example(darkLaunch)
    const help = await deploy('--help')
    expect(flat(help.stdout)).toMatch(/dark-launch .*<version> the whole new set in the dark/i)
    const variant = await deploy('plan', 'overnight', 'v1.2.3')
    expect(variant.stdout).toContain('in the dark  8 h')
  })
})
