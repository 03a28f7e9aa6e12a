/** Who a client says that it is; for every handler that sends over HTTP. */
export interface HttpAccess {
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string | undefined
  /** Sent as `Authorization: Basic`. A URL with a name and a password in it does the same. */
  readonly auth?: { readonly username: string; readonly password: string } | undefined
  /** Sent with each request; they win over the handler's own. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export interface Endpoint {
  readonly url: string
  /** The URL without what may be secret: name, password, query. */
  readonly shown: string
  readonly headers: Record<string, string>
}

/**
 * Where requests go, and with which headers, names in lower case. `path` is appended to the URL's own, unless it ends
 * with it.
 * @throws TypeError for what is no http or https URL
 */
export function endpointOf(base: string, path: string, access: HttpAccess = {}): Endpoint {
  const url = urlOf(base)
  const headers: Record<string, string> = {}
  if (url.username !== '' || url.password !== '') {
    headers.authorization = basic(decodeURIComponent(url.username), decodeURIComponent(url.password))
  }
  if (access.auth !== undefined) headers.authorization = basic(access.auth.username, access.auth.password)
  if (access.token !== undefined) headers.authorization = `Bearer ${access.token}`
  for (const [name, value] of Object.entries(access.headers ?? {})) headers[name.toLowerCase()] = value
  // fetch refuses URLs with a password in them.
  url.username = ''
  url.password = ''
  url.hash = ''
  const own = url.pathname.replace(/\/+$/, '')
  if (path !== '') url.pathname = own.endsWith(path) ? own : `${own}${path}`
  return { url: url.href, shown: `${url.origin}${url.pathname}`, headers }
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`url ${JSON.stringify(text)} is none: use one like http://127.0.0.1:4100`)
  }
  return url
}

function basic(username: string, password: string): string {
  // btoa takes bytes as Latin-1.
  const bytes = new TextEncoder().encode(`${username}:${password}`)
  return `Basic ${btoa(String.fromCharCode(...bytes))}`
}
