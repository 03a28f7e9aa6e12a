import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { GirokError } from '../../model/errors.ts'

export interface WebFile {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

/** The built web app, held in memory (a few hundred KiB): no file is opened on behalf of a request. */
export interface WebFiles {
  /** `path` begins with `/`. Undefined when there is no such file. */
  asset(path: string, acceptEncoding: string): WebFile | undefined
  /** The page for every path of the app. */
  page(): WebFile
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
  txt: 'text/plain; charset=utf-8',
}

/** Scripts and styles from this server only; nothing inline, nobody may frame the app. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** Loads the app from `directory`. `basePath` ('' or '/x') is written into the page. */
export function loadWebFiles(directory: string, basePath: string): WebFiles {
  const assets = new Map<
    string,
    { readonly type: string; readonly etag: string; readonly variants: Map<string, Buffer> }
  >()
  let names: string[]
  try {
    names = readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
  } catch (cause) {
    throw new GirokError('internal', `the web app is not built (${directory} is missing): run npm run build`, { cause })
  }
  for (const name of names) {
    const encoding = name.endsWith('.br') ? 'br' : name.endsWith('.gz') ? 'gzip' : ''
    const plain = encoding === '' ? name : name.slice(0, name.lastIndexOf('.'))
    const body = readFileSync(join(directory, name))
    const type = TYPES[plain.slice(plain.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
    const known = assets.get(`/${plain}`)
    const etag = encoding === '' ? `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` : ''
    const variants = known?.variants ?? new Map<string, Buffer>()
    variants.set(encoding, body)
    assets.set(`/${plain}`, { type, etag: etag || known?.etag || '', variants })
  }
  const index = assets.get('/index.html')?.variants.get('')
  if (!index) throw new GirokError('internal', `the web app in ${directory} has no index.html: run npm run build`)
  // Addresses in the page are relative to <base>, which tells the app's own requests too where the server is mounted.
  const html = index.toString('utf8').replace('<base href="/" />', `<base href="${basePath}/" />`)
  const page: WebFile = {
    body: Buffer.from(html),
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': CONTENT_SECURITY_POLICY,
    },
  }
  return {
    page: () => page,
    asset(path, acceptEncoding) {
      if (path === '/index.html') return page
      const found = assets.get(path)
      if (!found) return undefined
      const accepted = ['br', 'gzip'].find((name) => found.variants.has(name) && acceptEncoding.includes(name)) ?? ''
      const body = found.variants.get(accepted)
      if (!body) return undefined
      return {
        body,
        headers: {
          'content-type': found.type,
          etag: found.etag,
          vary: 'accept-encoding',
          // Hashed names never change their content; anything else is asked for again.
          'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
          ...(accepted === '' ? {} : { 'content-encoding': accepted }),
        },
      }
    },
  }
}
