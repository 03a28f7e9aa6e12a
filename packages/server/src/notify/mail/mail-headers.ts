/** `x-team` → `X-Team`, as Go writes names of headers. */
export function canonicalHeader(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
}

/** Headers that describe the body, which is not the user's. */
const OF_BODY = new Set(['Content-Type', 'Content-Transfer-Encoding', 'Mime-Version'])

/** What is wrong with the names of headers, for users. */
export function headerFaults(headers: Readonly<Record<string, string>>): string[] {
  const faults: string[] = []
  const seen = new Set<string>()
  for (const name of Object.keys(headers)) {
    const canonical = canonicalHeader(name)
    // RFC 5322, 2.2: printable ASCII without the colon.
    if (!/^[!-9;-~]+$/.test(name)) faults.push(`${JSON.stringify(name)} cannot be the name of a header`)
    else if (OF_BODY.has(canonical)) faults.push(`${canonical} cannot be set`)
    else if (seen.has(canonical)) faults.push(`${canonical} is there twice; case does not matter`)
    seen.add(canonical)
  }
  return faults
}
