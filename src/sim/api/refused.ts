import type { JsonObject } from '../../core/json.ts'
import { kinds, type Ref } from '../../core/kinds.ts'

/** How the API server says no: a `Status`, as it would stand in the answer. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  readonly reason: string
  readonly details: JsonObject

  constructor(status: number, reason: string, message: string, details: JsonObject = {}) {
    super(message)
    this.status = status
    this.reason = reason
    this.details = details
  }
}

export const invalid = (what: string, field: string, message: string): Refused =>
  new Refused(422, 'Invalid', `${what} is invalid: ${field}: ${message}`, {
    causes: [{ reason: 'FieldValueInvalid', field, message }],
  })

export const absent = (ref: Ref): Refused => {
  const { plural } = kinds[ref.kind]
  return new Refused(404, 'NotFound', `${plural} "${ref.name}" not found`, { kind: plural, name: ref.name })
}

export const conflict = (message: string): Refused => new Refused(409, 'Conflict', message)

/** What this world does not model it refuses: a guess would make a test pass for the wrong reason. */
export const notModelled = (what: string): Refused =>
  new Refused(501, 'NotImplemented', `the simulated cluster does not model ${what}: see src/sim/DIFFERENCES.md`)

export const statusOf = ({ status, reason, message, details }: Refused): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  details,
  code: status,
})
