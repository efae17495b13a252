import { isObject, type JsonObject } from '../../core/json.ts'
import type { Asked, Reply } from './asked.ts'
import { contentType, objectBody } from './body.ts'
import { reviews } from './kind-facts.ts'

/** Who somebody is and what they may: there is one user, who may do everything. `null`: another question. */
export function reviewed(asked: Asked): Reply | null {
  const [root, group, version, plural, ...more] = asked.path
  const review = reviews.find((one) => one.group === group && one.plural === plural)
  if (root !== 'apis' || !review || more.length > 0 || asked.method !== 'POST') return null
  // The answer does not hang on the question, so one in kubectl's binary form need not be understood.
  const body = contentType(asked).endsWith('json') ? objectBody(asked) : {}
  const apiVersion = `${group}/${version}`
  const spec = isObject(body['spec']) ? body['spec'] : {}
  return { status: 201, json: { kind: review.kind, apiVersion, metadata: {}, spec, status: answers[review.kind] } }
}

const answers: Readonly<Record<(typeof reviews)[number]['kind'], JsonObject>> = {
  SelfSubjectAccessReview: { allowed: true, reason: 'the simulated cluster has no RBAC' },
  SelfSubjectRulesReview: {
    resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
    incomplete: false,
  },
  SelfSubjectReview: { userInfo: { username: 'simulated', groups: ['system:masters', 'system:authenticated'] } },
}
