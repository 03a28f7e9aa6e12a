/** Headers of a request; names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>

/** First value of a header, trimmed; empty when absent. */
export function headerOf({ headers }: { readonly headers: Headers }, name: string): string {
  const value = headers[name]
  return (Array.isArray(value) ? value[0] : value)?.trim() ?? ''
}

/** Media type of the request in lower case, without parameters; empty when absent. */
export function mediaTypeOf(request: { readonly headers: Headers }): string {
  return headerOf(request, 'content-type').split(';', 1)[0]!.trim().toLowerCase()
}
