/**
 * Whether Alertmanager takes a text for the address of a source: an absolute URL, or a path from the root. What is
 * checked is what Go checks in addresses of requests.
 */
export function isRequestUri(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(text)) return false
  const [address = ''] = text.split('?', 1)
  if (address.startsWith('/')) return address.startsWith('//') ? isAuthorityAndPath(address) : hasGoodEscapes(address)
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/.exec(address)?.[0]
  if (scheme === undefined) return false
  const rest = address.slice(scheme.length)
  if (rest.startsWith('//')) return isAuthorityAndPath(rest)
  return !rest.startsWith('/') || hasGoodEscapes(rest)
}

function isAuthorityAndPath(text: string): boolean {
  const end = text.indexOf('/', 2)
  const authority = text.slice(2, end === -1 ? undefined : end)
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  const isHost = /^(\[[^\]]*\]|[^\s"<>\\^`{|}[\]:]*)(:\d*)?$/.test(host)
  return isHost && hasGoodEscapes(authority) && (end === -1 || hasGoodEscapes(text.slice(end)))
}

function hasGoodEscapes(text: string): boolean {
  return !/%(?![0-9A-Fa-f]{2})/.test(text)
}
