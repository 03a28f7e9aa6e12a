/** A string as one argument of a POSIX shell. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** The same download on the command line. The token stands for itself: copies of it do not belong in a history. */
export function curlOf(url: string, file: string, withToken: boolean): string {
  const header = withToken ? ` -H "Authorization: Bearer $GIROK_TOKEN"` : ''
  return `curl -fsS${header} -o ${shellQuote(file)} ${shellQuote(url)}`
}
