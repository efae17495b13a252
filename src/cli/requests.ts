import type { RequestNote } from '../adapters/kubernetes/rest.ts'

/** Where requests to API servers are told of, from the first connection on; whoever keeps a log listens. */
export interface Requests {
  readonly note: (request: RequestNote & { readonly cluster: string }) => void
  listen(listener: Requests['note']): Disposable
}

export function requestsBus(): Requests {
  const listeners = new Set<Requests['note']>()
  return {
    note: (request) => listeners.forEach((listener) => listener(request)),
    listen(listener) {
      listeners.add(listener)
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
  }
}
