import { DeployError } from '../../core/errors.ts'
import { type Kind, kinds, type Ref } from '../../core/kinds.ts'
import type { Lease, LeaseRun, Phase } from '../../core/lease/lease.ts'
import { type Millis, span } from '../../core/time.ts'

/** Where a Lease is. */
export interface LeasePlace {
  readonly cluster: string
  readonly ref: Ref
}

/** Another run, or another driver, has the Lease. `--wait` waits at that place. */
export class Locked extends DeployError {
  readonly place: LeasePlace
  readonly run: string

  constructor(place: LeasePlace, lease: Lease, run: LeaseRun, now: Millis) {
    super({ code: 'locked', ...wordsOf(place, lease, run, now), exit: 'locked' })
    this.place = place
    this.run = run.run
  }
}

const states: Readonly<Record<Phase, string>> = {
  open: 'is under way',
  paused: 'is paused',
  frozen: 'is frozen',
  closed: 'is being begun',
}

/** Run, version, phase and age of what holds a Lease, who drives it, and what to do about it. */
export function wordsOf(
  { cluster, ref }: LeasePlace,
  { holder, renewed }: Lease,
  { run, phase, release, broken }: LeaseRun,
  now: Millis,
): { readonly what: string; readonly why: string; readonly remedy: string } {
  const about = release ? ` (${release.strategy} ${release.version}, begun ${ago(now - release.since)} ago)` : ''
  const at = release && release.stage !== '' ? ` at ${release.stage}` : ''
  const who = release ? `${release.by} on ${release.host}, process ${release.pid}` : holder
  const what = `${ref.name.replace(/^deploy-/, '')} in ${cluster} is held: run ${run}${about} ${states[phase]}${at}`
  if (holder === null) {
    const last = broken ? `, ${broken.by} broke its lock: ${broken.reason}` : ''
    return {
      what,
      why: `nobody drives it${renewed ? ` since ${renewed}` : ''}${release ? `, last it was ${who}` : ''}${last}`,
      remedy: `deploy resume ${run} goes on with it, deploy abort ${run} takes it back`,
    }
  }
  return {
    what,
    why: `it is driven by ${who}`,
    remedy: `deploy watch ${run} shows it, deploy pause ${run} stops it where it is, deploy abort ${run} takes it back; --wait waits for its end`,
  }
}

/** Of another machine's clock: it may even be ahead. */
const ago = (ms: Millis): string => span(Math.max(0, ms))

export const foreign = ({ cluster, ref }: LeasePlace, lease: Lease, writer: string | null): DeployError =>
  new DeployError({
    code: 'lease-foreign',
    what: `lease/${ref.name} in ${cluster}, namespace ${ref.namespace}, is not one that deploy made${lease.holder ? `: ${lease.holder} holds it` : ''}`,
    why: `${writer ?? 'somebody'} wrote it under the name by which deploy locks this workload`,
    remedy: `find out who needs it; if nobody does: kubectl -n ${ref.namespace} delete lease ${ref.name}`,
    exit: 'refused',
  })

export const forbidden = ({ cluster, ref }: LeasePlace, error: DeployError): DeployError =>
  new DeployError({
    code: 'lease-forbidden',
    what: `may not take lease/${ref.name} in ${cluster}, namespace ${ref.namespace}`,
    why: error.why ?? error.what,
    remedy: `add to the Role in ${ref.namespace}: { apiGroups: [${groupOf('Lease')}], resources: [${kinds.Lease.plural}], verbs: [get, list, watch, create, patch] }; deploy doctor --rbac prints whole Roles`,
    exit: 'refused',
    cause: error,
  })

const groupOf = (kind: Kind): string => kinds[kind].apiVersion.split('/')[0] ?? ''
