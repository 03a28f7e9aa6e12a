/** Where clients find the server, for the variables of examples and snippets. */
export interface Addresses {
  /** Base URL of the server, without a slash at its end. */
  readonly url: string
  readonly host: string
  /** By name of the listener. */
  readonly ports: Readonly<Record<string, number>>
}

/** The variables of an example as its shell finds them: URL, HOST, PORT_TCP … */
export function snippetVariables({ url, host, ports }: Addresses): Record<string, string> {
  const variables: Record<string, string> = { URL: url, HOST: host }
  for (const [name, port] of Object.entries(ports)) {
    variables[`PORT_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`] = String(port)
  }
  return variables
}

/** Puts real addresses in the place of `$URL`, `$HOST`, `$PORT_NAME`; other words with a dollar stay. */
export function filledSnippet(text: string, addresses: Addresses): string {
  const variables = snippetVariables(addresses)
  return text.replace(
    /\$(?:\{(URL|HOST|PORT_[A-Z0-9_]+)\}|(URL|HOST|PORT_[A-Z0-9_]+)(?![A-Za-z0-9_]))/g,
    (whole, braced, bare) => {
      return variables[(braced ?? bare) as string] ?? whole
    },
  )
}
