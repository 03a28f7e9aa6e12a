/** Where the app is mounted: `meta` when the server says so, else the folder above `assets/` of the entry script. */
export function detectBase(meta: string, scriptUrl: string): string {
  if (meta !== '') return meta.replace(/\/+$/, '')
  const path = new URL(scriptUrl).pathname
  const at = path.lastIndexOf('/assets/')
  return at < 0 ? '' : path.slice(0, at)
}
