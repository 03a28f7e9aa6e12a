import { RE2JS } from 're2js'
import type { LabelReplaceExpr } from '../../logql/ast.ts'
import { QueryError } from '../../text/error.ts'
import { labelsKey, withoutEmpty } from '../labels.ts'
import type { Labels, Series } from '../types.ts'

const REFERENCE = /\$(?:\$|(\w+)|\{(\w+)\})/g

/**
 * `label_replace(v, target, replacement, source, pattern)`: where the whole source value matches, the target label becomes
 * the replacement (`$1`, `${name}`); an empty result removes it. Other series stay as they are.
 */
export function replaceLabels(expr: LabelReplaceExpr, series: readonly Series[]): Series[] {
  const pattern = compilePattern(expr.pattern)
  const names = pattern.namedGroups() as Record<string, number>
  const replaced = series.map((one) => {
    const matcher = pattern.matcher(one.labels.get(expr.source) ?? '')
    if (!matcher.find()) return one
    const groupOf = (reference: string): string => {
      const index = /^\d+$/.test(reference) ? Number(reference) : names[reference]
      if (index === undefined || index > matcher.groupCount()) return ''
      return matcher.group(index) ?? ''
    }
    const value = expr.replacement.replace(REFERENCE, (all, plain?: string, braced?: string) =>
      all === '$$' ? '$' : groupOf((plain ?? braced) as string),
    )
    return { ...one, labels: withLabel(one.labels, expr.target, value) }
  })
  return joinDisjoint(replaced)
}

/** Series that have become equal are one, unless both have a point at the same step: then they stay apart. */
function joinDisjoint(series: readonly Series[]): Series[] {
  const joined: Series[] = []
  const byLabels = new Map<string, number>()
  for (const one of series) {
    const key = labelsKey(one.labels)
    const at = byLabels.get(key)
    const known = at === undefined ? undefined : (joined[at] as Series)
    if (at === undefined || known === undefined || known.present.some((has, k) => has === 1 && one.present[k] === 1)) {
      byLabels.set(key, joined.length)
      joined.push(one)
      continue
    }
    joined[at] = {
      labels: known.labels,
      values: known.values.map((value, k) => (known.present[k] === 1 ? value : (one.values[k] as number))),
      present: known.present.map((has, k) => has | (one.present[k] as number)),
    }
  }
  return joined
}

function compilePattern(pattern: string): RE2JS {
  try {
    return RE2JS.compile(`^(?:${pattern})$`)
  } catch (error) {
    throw new QueryError(`invalid regex in label_replace: ${(error as Error).message}`, 0, 0)
  }
}

function withLabel(labels: Labels, name: string, value: string): Labels {
  return withoutEmpty(new Map(labels).set(name, value))
}
