import { ConfigError } from './config-error.ts'

export interface IniSection {
  /** From 1. */
  readonly line: number
  /** Values by key, in lower case, with their lines. */
  readonly values: ReadonlyMap<string, { readonly text: string; readonly line: number }>
}

/**
 * Sections of a file in the form of Python's configparser: `[section]`, `key=value` or `key: value`, comments from # or ;
 * at the start of a line, and lines that go on when they are indented.
 * @throws ConfigError with line and column
 */
export function readIni(source: string, path: string): Map<string, IniSection> {
  const sections = new Map<string, IniSection>()
  const problems: string[] = []
  let values: Map<string, { text: string; line: number }> | undefined
  let key: string | undefined
  source.split(/\r\n?|\n/).forEach((raw, index) => {
    const line = index + 1
    const trimmed = raw.trim()
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) return
    const present = key === undefined ? undefined : values?.get(key)
    if (/^\s/.test(raw) && present !== undefined) {
      present.text = `${present.text}\n${trimmed}`.trim()
      return
    }
    const header = /^\[([^\]]+)\]\s*$/.exec(trimmed)
    if (header !== null) {
      const name = header[1] as string
      if (sections.has(name)) problems.push(`line ${line}: section [${name}] is there twice`)
      values = new Map()
      key = undefined
      sections.set(name, { line, values })
      return
    }
    const separator = trimmed.search(/[=:]/)
    if (values === undefined || separator < 1) {
      const column = raw.length - raw.trimStart().length + 1
      problems.push(`line ${line}, column ${column}: ${trimmed.slice(0, 40)} is neither [section] nor key=value`)
      return
    }
    key = trimmed.slice(0, separator).trim().toLowerCase()
    values.set(key, { text: trimmed.slice(separator + 1).trim(), line })
  })
  if (problems.length > 0) throw new ConfigError(path, problems)
  return sections
}
