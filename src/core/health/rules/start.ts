import { second } from '../../time.ts'
import { exitText, lastExit, runtimeFault, startFailed } from '../exits.ts'
import { called, partsOf } from '../parts.ts'
import type { PodRule } from '../rule.ts'
import { said } from '../said.ts'

export const containerConfig: PodRule = {
  of: 'pod',
  id: 'container-config',
  summary: 'a ConfigMap, Secret or key that the container names is not there',
  confirm: 10 * second,
  blames: 'release',
  match(pod, { own }) {
    for (const part of partsOf(pod, own)) {
      const { reason, message } = part.status.state?.waiting ?? {}
      // The kubelet's cache was slow, the object is there: kubernetes/kubernetes#74755.
      if (reason !== 'CreateContainerConfigError' || /failed to sync .* cache/.test(message ?? '')) continue
      return { because: `${called(part)} cannot be configured: ${said(message)}` }
    }
    return null
  },
}

export const containerStart: PodRule = {
  of: 'pod',
  id: 'container-start',
  summary: 'the runtime cannot create or start the container: wrong command, mount or security settings',
  confirm: 10 * second,
  blames: 'release',
  match(pod, { own }) {
    for (const part of partsOf(pod, own)) {
      const { state = {} } = part.status
      const exit = lastExit(part.status)
      if (state.running || runtimeFault(exit)) continue
      if (['CreateContainerError', 'RunContainerError'].includes(state.waiting?.reason ?? '')) {
        return { because: `${called(part)} cannot be started: ${said(state.waiting?.message ?? exit?.message)}` }
      }
      if (startFailed(exit)) {
        return { because: `${called(part)} cannot be started, ${exitText(exit)}: ${said(exit?.message)}` }
      }
    }
    return null
  },
}
