import { readFileSync } from 'node:fs'

/**
 * The variables of a `.env` file. One `NAME=value` a line, `export ` before it is allowed; lines that begin with # are
 * comments, as is what follows ` #` after a value without quotes. Values in '…' are taken as they are; in "…" \n, \r, \t,
 * \" and \\ are escapes; both may span lines. Nothing is substituted. Later lines win.
 */
export function parseDotenv(source: string): Record<string, string> {
  const variables: Record<string, string> = {}
  const LINE = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.]*)[ \t]*=[ \t]*(?:'([^']*)'|"((?:\\.|[^"\\])*)"|([^\r\n]*))/gms
  for (const [, name, single, double, plain] of source.replace(/^\uFEFF/, '').matchAll(LINE)) {
    variables[name as string] = single ?? (double === undefined ? withoutComment(plain ?? '') : unescaped(double))
  }
  return variables
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_whole, char: string) => ESCAPES[char] ?? char)
}

function withoutComment(text: string): string {
  return text.replace(/(?:^|\s)#.*$/s, '').trim()
}

/** As parseDotenv; undefined without such a file. */
export function readDotenv(path: string): Record<string, string> | undefined {
  try {
    return parseDotenv(readFileSync(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
