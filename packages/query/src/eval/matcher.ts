import type { Matcher, Selector } from '../logql/ast.ts'
import { compileFullMatch, type TextTest } from './regex/test.ts'
import type { Labels } from './types.ts'

const REMEMBERED_VALUES = 1000

/** A test of one label value (`''` stands for an absent label). A bad regular expression is a `QueryError`. */
export function compileMatcher(matcher: Matcher): TextTest {
  const { value } = matcher
  switch (matcher.op) {
    case '=':
      return (text) => text === value
    case '!=':
      return (text) => text !== value
    case '=~':
      return remember(compileFullMatch(value))
    case '!~': {
      const matches = remember(compileFullMatch(value))
      return (text) => !matches(text)
    }
  }
}

/** Whether a stream's labels satisfy every matcher of the selector. Compile once, then call per label set. */
export function matchesSelector(selector: Selector): (labels: Labels) => boolean {
  const tests = selector.matchers.map((matcher) => ({ name: matcher.name, test: compileMatcher(matcher) }))
  return (labels) => {
    for (const { name, test } of tests) if (!test(labels.get(name) ?? '')) return false
    return true
  }
}

/** Label values repeat, and regular expressions are slow: answers are kept for the values seen first. */
function remember(test: TextTest): TextTest {
  const answers = new Map<string, boolean>()
  return (text) => {
    const known = answers.get(text)
    if (known !== undefined) return known
    const answer = test(text)
    if (answers.size < REMEMBERED_VALUES && text.length < 256) answers.set(text, answer)
    return answer
  }
}
