import { DeployError, type ErrorParts } from '../../core/errors.ts'
import { isObject, jsonIn } from '../../core/json.ts'
import { kinds } from '../../core/kinds.ts'
import { span } from '../../core/time.ts'
import { statusIn } from './answer.ts'
import { asked, contextFlag, place } from './asked.ts'
import type { About, Failure, Peer } from './failure.ts'
import { groupOf, resourceOf } from './paths.ts'
import { printable, textAt } from './text.ts'

type Answered = Extract<Failure, { kind: 'answer' }>
type Words = Omit<ErrorParts, 'exit' | 'cause'>

/** What an answer of the API server with a status of 4xx or 5xx means. */
export function statusError(answer: Answered, about: About, peer: Peer): DeployError {
  return new DeployError({ ...wordsFor(answer, about, peer), exit: 'refused' })
}

function wordsFor(answer: Answered, about: About, peer: Peer): Words {
  switch (answer.status) {
    case 401:
      return unauthorized(peer)
    case 403:
      return forbidden(answer, about, peer)
    case 404:
      return notFound(answer, about, peer)
    case 409:
      return conflict(answer, about, peer)
    case 400:
    case 413:
    case 422:
      return invalid(answer, about, peer)
    case 429:
      return throttled(answer, about, peer)
    default:
      return answer.status >= 500 ? unavailable(answer, about, peer) : unexpected(answer, about, peer)
  }
}

/** The server's own words, and those of each cause that they leave out. */
function said(answer: Answered): string {
  const { message, details } = statusIn(answer)
  const causes = isObject(details) && Array.isArray(details['causes']) ? details['causes'].filter(isObject) : []
  const words = causes.map((cause) =>
    [textAt(cause['field']), textAt(cause['message'])].filter((part) => part !== '').join(': '),
  )
  const fresh = words.filter((cause) => !textAt(message).includes(cause))
  return printable([textAt(message) || plainText(answer), ...fresh].map(withoutValues).join('; '), 600)
}

/** A refused value can be a whole object with what is in it; only short ones help. */
const withoutValues = (text: string): string =>
  text.replaceAll(/Invalid value: (?:"(?:[^"\\]|\\.){80,}"|\{.{80,}\}|\[.{80,}\])/g, 'Invalid value: …')

const plainText = ({ body }: Answered): string => (jsonIn(body) === undefined ? body : '')

function unauthorized(peer: Peer): Words {
  const expired = peer.expired?.() ?? null
  return {
    code: 'kube-unauthorized',
    what: `${place(peer)} does not accept the credential of user ${peer.user}`,
    why: expired ?? 'it expired, was revoked, or belongs to another cluster',
    remedy: `log in again; then this should name you: kubectl auth whoami${contextFlag(peer)}`,
  }
}

/** RBAC: `… is forbidden: User "jane" cannot patch resource "deployments" in API group "apps" in the namespace "web"`. */
const denied =
  /User "([^"]*)" cannot (\S+) (?:resource|path) "([^"]*)"(?: in API group "([^"]*)")?(?:.*in the namespace "([^"]*)")?/

function forbidden(answer: Answered, about: About, peer: Peer): Words {
  const match = denied.exec(textAt(statusIn(answer)['message']))
  if (match === null) {
    return {
      code: 'kube-forbidden',
      what: `${place(peer)} refused: ${asked(about)}`,
      why: said(answer),
      remedy: 'mend what it names (a quota, a policy, a webhook, the namespace), then try again',
    }
  }
  const [user = '', verb = '', resource = '', group = '', namespace] = match
    .slice(1)
    .map((part) => part && printable(part, 200))
  const [plural = '', sub] = resource.split('/')
  const full = `${[plural, group].filter((part) => part).join('.')}${sub === undefined ? '' : `/${sub}`}`
  const where = namespace ? `in namespace ${namespace}` : 'in the whole cluster'
  return {
    code: 'kube-forbidden',
    what: `user ${user} may not ${verb} ${full} ${where} of ${place(peer)}`,
    why: said(answer),
    remedy: `grant it with a ${namespace ? 'Role and RoleBinding' : 'ClusterRole and ClusterRoleBinding'}; check it with: kubectl auth can-i ${verb} ${full}${namespace ? ` -n ${namespace}` : ''}${contextFlag(peer)}`,
  }
}

function notFound(answer: Answered, about: About, peer: Peer): Words {
  const { details } = statusIn(answer)
  const part = (key: string): string => (isObject(details) ? textAt(details[key]) : '')
  const missing = { kind: part('kind'), name: part('name') }
  const { object } = about
  if (object !== undefined && missing.name === '') {
    const { apiVersion } = kinds[object.kind]
    return {
      code: 'kube-not-found',
      what: `${place(peer)} does not know ${object.kind} (${apiVersion})`,
      why: 'its CustomResourceDefinition is not installed, or serves other versions',
      remedy: `see what it serves: kubectl api-resources --api-group=${groupOf(object.kind)}${contextFlag(peer)}`,
    }
  }
  const namespace = object === undefined || missing.kind === 'namespaces' ? '' : ` -n ${object.namespace}`
  const list = missing.kind === 'namespaces' || object === undefined ? 'namespaces' : resourceOf(object.kind)
  return {
    code: 'kube-not-found',
    what: `${missing.kind === 'namespaces' ? `namespace ${missing.name} does not exist` : 'it does not exist'}: ${asked(about)} of ${place(peer)}`,
    why: said(answer),
    remedy: `see what is there: kubectl get ${list}${namespace}${contextFlag(peer)}`,
  }
}

function conflict(answer: Answered, about: About, peer: Peer): Words {
  const exists = statusIn(answer)['reason'] === 'AlreadyExists'
  return exists
    ? {
        code: 'kube-exists',
        what: `it exists already: ${asked(about)} of ${place(peer)}`,
        why: said(answer),
        remedy: 'see whose it is before it is deleted: its labels, annotations and managedFields',
      }
    : {
        code: 'kube-conflict',
        what: `somebody else changed it at the same time: ${asked(about)} of ${place(peer)}`,
        why: said(answer),
        remedy: 'see who: kubectl get --show-managed-fields -o yaml; then try again',
      }
}

function invalid(answer: Answered, about: About, peer: Peer): Words {
  const test = isPatchRefusal(answer)
  return {
    code: 'kube-invalid',
    what: test
      ? `it is not as the patch expects: ${asked(about)} of ${place(peer)}`
      : `${place(peer)} does not accept it: ${asked(about)}`,
    why: test ? 'a value that it tests, or a path that it changes, is another one now' : said(answer),
    remedy: test
      ? 'somebody changed it since; see who: kubectl get --show-managed-fields -o yaml; then make a fresh plan'
      : 'mend what it names; kubectl apply --dry-run=server says the same',
  }
}

/**
 * Could the JSON Patch not be done (a `test` failed, or a path is missing)? The server says no more than this sentence
 * then; a validation names the object and its fields. Tried with 1.36.
 */
const isPatchRefusal = (answer: Pick<Answered, 'status' | 'body'>): boolean => {
  const { message, details } = statusIn(answer)
  const isUnexplained = !isObject(details) || Object.keys(details).length === 0
  return answer.status === 422 && isUnexplained && textAt(message).startsWith('the server rejected our request')
}

function throttled(answer: Answered, about: About, peer: Peer): Words {
  const wait = answer.retryAfter === null ? '' : `; it asks to wait ${span(answer.retryAfter)}`
  return {
    code: 'kube-throttled',
    what: `${place(peer)} has too much to do and turned us away several times${wait}: ${asked(about)}`,
    why: said(answer) || 'its priority and fairness limits, or a disruption budget',
    remedy: `wait, or see who asks so much: kubectl get --raw /debug/api_priority_and_fairness/dump_priority_levels${contextFlag(peer)}`,
  }
}

function unavailable(answer: Answered, about: About, peer: Peer): Words {
  return {
    code: 'kube-unavailable',
    what: `${place(peer)} failed with status ${answer.status}: ${asked(about)}`,
    why: said(answer) || 'the API server, its storage or a webhook is in trouble',
    remedy: `see what ails it: kubectl get --raw '/readyz?verbose'${contextFlag(peer)}`,
  }
}

function unexpected(answer: Answered, about: About, peer: Peer): Words {
  return {
    code: 'kube-protocol',
    what: `${place(peer)} answered with status ${answer.status}, which we do not expect: ${asked(about)}`,
    why: said(answer) || 'a proxy in between may have answered',
    remedy: `look at it: kubectl get --raw /version${contextFlag(peer)}`,
  }
}
