import type { Advices } from '../advice.ts'
import { clusterErrors } from './cluster.ts'
import { configErrors } from './config.ts'
import { detachErrors } from './detach.ts'
import { imageErrors } from './image.ts'
import { metricsErrors } from './metrics.ts'
import { objectErrors } from './objects.ts'
import { runErrors } from './runs.ts'
import { serviceErrors } from './services.ts'
import { workloadErrors } from './workload.ts'

/** Every code that an error, a refusal of the preflight or a refused step can have; a test compares it with the sources. */
export const errorCodes: Advices = {
  ...configErrors,
  ...clusterErrors,
  ...imageErrors,
  ...metricsErrors,
  ...workloadErrors,
  ...serviceErrors,
  ...objectErrors,
  ...runErrors,
  ...detachErrors,
}
