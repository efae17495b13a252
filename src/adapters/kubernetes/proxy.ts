import { BlockList, isIP } from 'node:net'
import type { Env } from './kubeconfig.ts'

/**
 * The proxy for a server by the environment, read as kubectl reads it: HTTPS_PROXY or HTTP_PROXY by the server's scheme,
 * NO_PROXY with names, domains, addresses, CIDR blocks and `*`; a loopback address is never proxied.
 */
export function proxyFor(server: URL, env: Env): string | null {
  const kind = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const proxy = env[kind] || env[kind.toLowerCase()]
  if (!proxy || isDirect(server, env['NO_PROXY'] || env['no_proxy'] || '')) return null
  return proxy.includes('://') ? proxy : `http://${proxy}`
}

function isDirect(server: URL, noProxy: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = server.port || (server.protocol === 'https:' ? '443' : '80')
  if (host === 'localhost' || (isIP(host) !== 0 && contains('127.0.0.0/8', host)) || host === '::1') return true
  return noProxy.split(',').some((rule) => covers(rule.trim().toLowerCase(), host, port))
}

function covers(rule: string, host: string, port: string): boolean {
  if (rule === '') return false
  if (rule === '*') return true
  if (rule.includes('/')) return isIP(host) !== 0 && contains(rule, host)
  if (isIP(rule) === 6) return rule === host
  const [name = '', onlyPort] = rule.replace(/^\[(.*)\]/, '$1').split(/:(?=\d+$)/)
  if (onlyPort !== undefined && onlyPort !== port) return false
  const domain = name.replace(/^\*?\./, '')
  // `.example.com` is its subdomains only, `example.com` also itself.
  return host.endsWith(`.${domain}`) || (host === domain && name === domain)
}

function contains(block: string, address: string): boolean {
  const [net = '', bits = ''] = block.split('/')
  const family = isIP(net) === 6 ? 'ipv6' : 'ipv4'
  const list = new BlockList()
  try {
    list.addSubnet(net, Number(bits), family)
  } catch {
    return false
  }
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}
