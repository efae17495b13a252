import type { DeployError } from '../../core/errors.ts'
import type { Finding } from './check.ts'

/** An error as something that was found. */
export const failed = ({ what, why, remedy }: DeployError, place?: string): Finding => ({
  answer: 'fail',
  ...(place !== undefined && { place }),
  what: [what, why].filter(Boolean).join(': '),
  ...(remedy !== undefined && { remedy }),
})
