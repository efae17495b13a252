import type { Container, Probe } from '../objects.ts'
import { type Millis, second } from '../time.ts'
import { said } from './said.ts'

/** What Kubernetes assumes where a probe doesn't say (core/v1 `Probe`). */
const initialDelay = (probe: Probe): Millis => (probe.initialDelaySeconds ?? 0) * second
const period = (probe: Probe): Millis => (probe.periodSeconds ?? 10) * second
const failures = (probe: Probe): number => probe.failureThreshold ?? 3

const startupProbe = (container: Container): Probe | undefined => container['startupProbe'] as Probe | undefined

/** For a container without a readiness probe: it waits for something else, such as a readiness gate. */
const withoutProbe: Millis = 60 * second

/**
 * How long a container may run without being ready: `initialDelay + period × failureThreshold × 2`; and before that, as
 * long as its startup probe allows, for until then readiness is not asked.
 */
export function readinessBudget(container: Container): Millis {
  const startup = startupProbe(container)
  const before = startup ? initialDelay(startup) + period(startup) * failures(startup) : 0
  const probe = container.readinessProbe
  return before + (probe ? initialDelay(probe) + period(probe) * failures(probe) * 2 : withoutProbe)
}

function asked({ httpGet, tcpSocket, exec, grpc }: Probe): string {
  if (httpGet) return `${httpGet.scheme ?? 'HTTP'} GET :${httpGet.port}${httpGet.path ?? '/'}`
  if (tcpSocket) return `TCP :${tcpSocket.port}`
  if (grpc) return `gRPC :${grpc.port}${grpc.service ? ` ${grpc.service}` : ''}`
  return `command ${(exec?.command ?? []).join(' ')}`
}

/** `readiness probe HTTP GET :8080/healthz, every 10 s, 3 failures`. */
export function probeText(container: Container): string {
  const probe = container.readinessProbe
  if (!probe) return 'no readiness probe'
  return said(`readiness probe ${asked(probe)}, every ${period(probe) / second} s, ${failures(probe)} failures`)
}
