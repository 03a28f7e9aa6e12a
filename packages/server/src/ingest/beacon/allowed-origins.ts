/** An origin: `https://shop.example`, with `*.` for any subdomain, or `*` for every origin. */
export const ORIGIN =
  /^(?:\*|https?:\/\/(?:\*\.)?[A-Za-z0-9.-]+(?::\d{1,5})?|https?:\/\/\[[0-9A-Fa-f:.]+\](?::\d{1,5})?)$/

/** Makes the check of an `Origin` header. `null`, as sandboxed pages and files send it, is only let in by `*`. */
export function originCheck(allowed: readonly string[]): (origin: string) => boolean {
  const every = allowed.includes('*')
  const exact = new Set<string>()
  const below: [scheme: string, domain: string][] = []
  for (const origin of allowed) {
    const [scheme = '', host = ''] = origin.toLowerCase().split('://')
    if (host.startsWith('*.')) below.push([`${scheme}://`, host.slice(1)])
    else exact.add(origin.toLowerCase())
  }
  return (given) => {
    const origin = given.toLowerCase()
    if (every || exact.has(origin)) return origin !== ''
    return below.some(([scheme, domain]) => origin.startsWith(scheme) && origin.endsWith(domain))
  }
}
