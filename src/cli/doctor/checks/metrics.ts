import { DeployError } from '../../../core/errors.ts'
import type { Check, Finding } from '../check.ts'
import { failed } from '../failed.ts'

export const metrics: Check = {
  name: 'metrics',
  asks: 'Do the figures come, and by which way?',
  look: ({ trials }) =>
    trials.flatMap(({ place, figures }): Finding[] => {
      if (figures === undefined) return []
      if (figures === null)
        return [
          {
            answer: 'skipped',
            place,
            what: 'no metrics: releases are gated on the health of pods alone',
            remedy: 'deploy explain services.web.metrics',
          },
        ]
      if (figures instanceof DeployError) return [failed(figures, place)]
      return [{ answer: figures.answer, place, what: figures.says }]
    }),
}
