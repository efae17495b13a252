import { DeployError } from '../../../core/errors.ts'
import type { Check, Finding } from '../check.ts'
import { failed } from '../failed.ts'

export const image: Check = {
  name: 'image',
  asks: 'Does the registry tell digests, so that a release is pinned?',
  async look({ trials, context }) {
    const images = [...new Set(trials.flatMap(({ image: live }) => (live === undefined ? [] : [live])))]
    const { registry } = await import('../../../adapters/registry/registry.ts')
    const asked = registry(context.process)
    return await Promise.all(
      images.map(async (live): Promise<Finding> => {
        try {
          // A digest would be its own answer; its tag, where it has one, is what has to be found.
          const [tagged = live] = live.split('@')
          const digest = await asked.digest(tagged, { signal: context.signal })
          if (digest !== null) return { answer: 'ok', what: `${tagged} is ${digest.slice(0, 19)}…` }
          return {
            answer: 'warn',
            what: `the registry of ${tagged} could not be asked: a new version is pinned only where pods run it already`,
            remedy: 'docker login where deploy runs, and let it reach the registry',
          }
        } catch (error) {
          if (error instanceof DeployError) return { ...failed(error), answer: 'warn' }
          throw error
        }
      }),
    )
  },
}
