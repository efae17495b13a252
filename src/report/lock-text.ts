import type { Lease, LeaseRun } from '../core/lease/lease.ts'
import { type Millis, span, stamp } from '../core/time.ts'
import type { LockList } from './documents/runs.ts'
import { fit, padTo, widthOf } from './width.ts'

/** The lock of one workload. */
export interface LockRow {
  readonly cluster: string
  readonly namespace: string
  readonly name: string
  readonly lease: Lease
  readonly run: LeaseRun
  /** Whether its holder was seen to renew it; `null`: nobody holds it. */
  readonly isRenewed: boolean | null
}

const heads = ['WORKLOAD', 'CLUSTER', 'RUN', 'PHASE', 'STAGE', 'VERSION', 'BEGUN', 'DRIVEN BY', '']

/** Every lock as a line: those that somebody holds or that tell of an open run first. */
export function lockText(
  rows: readonly LockRow[],
  { now, columns }: { readonly now: Millis; readonly columns: number },
): string {
  if (rows.length === 0) return 'No locks: nothing was ever released here.'
  const table = [heads, ...inOrder(rows).map((row) => cells(row, now))]
  const widths = heads.map((_, column) => Math.max(...table.map((row) => widthOf(row[column] ?? ''))))
  return table
    .map((row) =>
      fit(
        row
          .map((cell, column) => padTo(cell, widths[column] ?? 0))
          .join('  ')
          .trimEnd(),
        columns,
      ),
    )
    .join('\n')
}

function cells({ cluster, name, lease, run, isRenewed }: LockRow, now: Millis): string[] {
  const { release } = run
  return [
    workloadOf(name),
    cluster,
    run.run,
    run.phase,
    run.phase === 'closed' ? '' : (release?.stage ?? ''),
    release?.version ?? '',
    release ? `${span(Math.max(0, now - release.since))} ago` : '',
    lease.holder === null
      ? 'nobody'
      : release
        ? `${release.by} on ${release.host}, process ${release.pid}`
        : lease.holder,
    signOfLife(lease, run, isRenewed),
  ]
}

function signOfLife({ renewed }: Lease, { phase, broken }: LeaseRun, isRenewed: boolean | null): string {
  if (isRenewed === true) return 'renews it'
  if (isRenewed === false) return `not seen to renew it, last ${renewed ?? 'never'}`
  if (broken) return `lock broken by ${broken.by}: ${broken.reason}`
  return phase === 'closed' ? '' : `UNATTENDED since ${renewed ?? 'it was begun'}`
}

/** For programs. */
export const lockJson = (rows: readonly LockRow[]): LockList => ({
  v: 1,
  locks: inOrder(rows).map(({ cluster, namespace, name, lease, run, isRenewed }) => ({
    lease: name,
    workload: workloadOf(name),
    cluster,
    namespace,
    run: run.run,
    phase: run.phase,
    holder: lease.holder,
    renewed: lease.renewed,
    renewing: isRenewed,
    driver: run.release && driverIn(run.release),
    release: run.release && aboutIn(run.release),
    broken: run.broken,
  })),
})

type Release = NonNullable<LeaseRun['release']>
const driverIn = ({ by, host, pid }: Release) => ({ by, host, pid })
const aboutIn = ({ service, environment, strategy, version, stage, since }: Release) => ({
  service,
  environment,
  strategy,
  version,
  stage,
  since: stamp(since),
})

const workloadOf = (name: string): string => name.replace(/^deploy-/, '')

const inOrder = (rows: readonly LockRow[]): readonly LockRow[] =>
  rows.toSorted((a, b) => rank(a) - rank(b) || compared(a.name, b.name) || compared(a.cluster, b.cluster))

const rank = ({ lease, run }: LockRow): number => (run.phase === 'closed' ? 2 : lease.holder === null ? 0 : 1)
const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
