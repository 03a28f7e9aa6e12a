import { isIPv4, isIPv6 } from 'node:net'

/**
 * Whether a listening address can be reached from this machine only: 127.0.0.0/8, ::1 (also as ::ffff:127.x.x.x),
 * `localhost` and names below it. Other names count as reachable from outside, whatever they resolve to now.
 */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  if (isIPv4(name)) return name.startsWith('127.')
  if (isIPv6(name)) {
    if (/^(0{0,4}:){1,7}0{0,3}1$/.test(name)) return true
    const mapped = /^(?:0{0,4}:)+ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(name)?.[1]
    return mapped?.startsWith('127.') ?? false
  }
  return name === 'localhost' || name.endsWith('.localhost')
}
