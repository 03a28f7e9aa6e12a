/** Where the app is mounted: the folder above `assets/` of the entry script, without a trailing slash. */
export function detectBase(scriptUrl: string): string {
  const path = new URL(scriptUrl).pathname
  const at = path.lastIndexOf('/assets/')
  return at < 0 ? '' : path.slice(0, at)
}
