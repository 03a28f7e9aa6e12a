import { detectBase } from './detect-base.ts'

/**
 * Where the app is mounted, without a trailing slash ('' at the root). The server may say so in a meta tag; otherwise
 * the entry script tells: it lies in `<base>/assets/`.
 */
export const basePath: string = detectBase(
  document.querySelector<HTMLMetaElement>('meta[name="girok-base"]')?.content ?? '',
  import.meta.url,
)

/** An address of this server for a path that starts with a slash. */
export function urlOf(path: string): string {
  return `${basePath}${path}`
}
