import { detectBase } from './detect-base.ts'

/** Where the app is mounted, without a trailing slash ('' at the root). */
export const basePath: string = detectBase(import.meta.url)

/** An address of this server for a path that starts with a slash. */
export function urlOf(path: string): string {
  return `${basePath}${path}`
}
