import { RE2JS } from 're2js'
import { captureFault, regexFault } from '../logql/regex.ts'
import { type Groups, nativeGroups } from './native-regex.ts'
import { StageProblem } from './problem.ts'

/** RE2 syntax, as in Promtail: matching takes time linear in the text, whatever the pattern. Throws `StageProblem`. */
export function compileRegex(pattern: string, at: string): RE2JS {
  const fault = regexFault(pattern)
  if (fault !== undefined)
    throw new StageProblem(at, `${fault} (regular expressions are those of RE2: no lookaround, no back references)`)
  return RE2JS.compile(pattern)
}

/** The values of a pattern's named groups. Throws `StageProblem` for a broken pattern and for one without named groups. */
export function compileGroups(pattern: string, at: string): Groups {
  const fault = captureFault(pattern)
  if (fault !== undefined) throw new StageProblem(at, fault)
  const compiled = compileRegex(pattern, at)
  const groups = Object.entries(compiled.namedGroups()).map(([name, index]) => ({ name, index: index as number }))
  const native = nativeGroups(pattern, groups)
  if (native !== undefined) return native
  return (text, emit) => {
    // The yes-or-no test runs on an automaton and is many times faster than finding the groups.
    if (!compiled.test(text)) return false
    const matcher = compiled.matcher(text)
    if (!matcher.find()) return false
    for (const { name, index } of groups) emit(name, matcher.group(index) ?? '')
    return true
  }
}

/**
 * Replaces what the pattern's groups matched, at every match; what the whole pattern matched when it has no groups.
 * `replace` is told the text and the group's name, if it has one.
 */
export function replaceGroups(
  compiled: RE2JS,
): (text: string, replace: (value: string, name: string | undefined) => string) => string {
  const count = compiled.groupCount()
  const names: (string | undefined)[] = Array.from({ length: count + 1 }, () => undefined)
  for (const [name, index] of Object.entries(compiled.namedGroups())) names[index as number] = name
  const first = count === 0 ? 0 : 1
  return (text, replace) => {
    if (!compiled.test(text)) return text
    const matcher = compiled.matcher(text)
    let out = ''
    let at = 0
    while (matcher.find()) {
      for (let group = first; group <= count; group++) {
        const start = matcher.start(group)
        // Groups that took no part, and those within one that was replaced.
        if (start < at || matcher.group(group) === null) continue
        const end = matcher.end(group)
        out += text.slice(at, start) + replace(text.slice(start, end), names[group])
        at = end
      }
    }
    return out + text.slice(at)
  }
}
