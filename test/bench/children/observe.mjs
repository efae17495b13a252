/**
 * Loaded before a program (`node --import`): writes to the file named in OBSERVED what it had asked of servers, how many
 * connections it made for that, and the most memory that it ever held.
 */
import { subscribe } from 'node:diagnostics_channel'
import { readFileSync, writeFileSync } from 'node:fs'

const requests = []
const open = new WeakMap()
const connections = []

// undici says this of every request, whoever bundles it.
subscribe('undici:request:create', (message) => {
  const { method, origin, path } = message.request
  const request = { method, origin: String(origin), path, began: performance.now(), took: null }
  requests.push(request)
  open.set(message.request, request)
})
subscribe('undici:request:trailers', (message) => {
  const request = open.get(message.request)
  if (request) request.took = performance.now() - request.began
})
subscribe('undici:client:connected', (message) => {
  const { host } = message.connectParams
  connections.push(host)
})

process.on('exit', () => {
  const [, peak] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  writeFileSync(process.env.OBSERVED, JSON.stringify({ requests, connections, peakBytes: Number(peak) * 1024 }))
})
