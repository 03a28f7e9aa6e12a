const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g

/** The first key that stands twice in one object of a JSON text, which JSON.parse does not tell. */
export function repeatedKey(text: string): string | undefined {
  const objects: (Set<string> | undefined)[] = []
  let before = ''
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{') objects.push(new Set())
    else if (token === '[') objects.push(undefined)
    else if (token === '}' || token === ']') objects.pop()
    else if (token[0] === '"' && (before === '{' || before === ',')) {
      const keys = objects.at(-1)
      const key = JSON.parse(token)
      if (keys?.has(key)) return key
      keys?.add(key)
    }
    before = token
  }
  return undefined
}
