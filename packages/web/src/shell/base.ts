/**
 * Where the app is mounted, without a trailing slash ('' at the root). The server may say so in a meta tag; otherwise
 * the entry script tells: it lies in `<base>/assets/`.
 */
export const basePath: string = detectBase(
  document.querySelector<HTMLMetaElement>('meta[name="girok-base"]')?.content ?? '',
  import.meta.url,
)

/** Pure part of the detection, for tests: `meta` wins, then the folder above `assets/` of `scriptUrl`. */
export function detectBase(meta: string, scriptUrl: string): string {
  if (meta !== '') return meta.replace(/\/+$/, '')
  const path = new URL(scriptUrl).pathname
  const at = path.lastIndexOf('/assets/')
  return at < 0 ? '' : path.slice(0, at)
}

/** An address of this server for a path that starts with a slash. */
export function urlOf(path: string): string {
  return `${basePath}${path}`
}
