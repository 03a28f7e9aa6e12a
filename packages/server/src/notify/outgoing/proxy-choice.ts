import { isIP } from 'node:net'
import type { ProxyOptions } from './http-options.ts'
import { contains, parseAddress, parseNetwork } from './ip-address.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The proxy that a request to the address goes through; undefined: none. */
export function proxyFor(target: URL, options: ProxyOptions, environment: Environment): URL | undefined {
  if (options.proxy_from_environment) {
    const of = (name: string): string => environment[name] ?? environment[name.toLowerCase()] ?? ''
    const named = of(target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY')
    return isLocal(target) || isExcepted(target, of('NO_PROXY')) ? undefined : readProxy(named)
  }
  const { proxy_url: named = '', no_proxy: without } = options
  if (without !== '' && (isLocal(target) || isExcepted(target, without))) return undefined
  return readProxy(named)
}

function readProxy(text: string): URL | undefined {
  if (text === '') return undefined
  return new URL(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`)
}

function hostOf(target: URL): string {
  return target.hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
}

/** Programs that follow NO_PROXY go to their own host directly. */
function isLocal(target: URL): boolean {
  const host = hostOf(target)
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

/** By `NO_PROXY`: `*`, hosts with those below them, `.domain`, addresses, networks; each may have a port. */
function isExcepted(target: URL, list: string): boolean {
  const host = hostOf(target)
  const address = parseAddress(host)
  const port = target.port === '' ? (target.protocol === 'https:' ? '443' : '80') : target.port
  return list.split(',').some((written) => {
    const entry = written.trim().toLowerCase()
    if (entry === '') return false
    if (entry === '*') return true
    const network = parseNetwork(entry)
    if (network !== undefined) return address !== undefined && contains(network, address)
    const [, name = entry, wanted] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? []
    if (wanted !== undefined && wanted !== port) return false
    const plain = name.replace(/^\*?\./, '').replace(/^\[(.*)\]$/, '$1')
    return host === plain ? plain === name || isIP(plain) !== 0 : host.endsWith(`.${plain}`)
  })
}
