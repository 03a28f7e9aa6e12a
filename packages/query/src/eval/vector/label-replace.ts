import { RE2JS } from 're2js'
import type { LabelReplaceExpr } from '../../logql/ast.ts'
import { QueryError } from '../../text/error.ts'
import type { Labels, Series } from '../types.ts'

const REFERENCE = /\$(?:\$|(\w+)|\{(\w+)\})/g

/**
 * `label_replace(v, target, replacement, source, pattern)`: where the whole source value matches, the target label becomes
 * the replacement (`$1`, `${name}`); an empty result removes it. Other series stay as they are.
 */
export function replaceLabels(expr: LabelReplaceExpr, series: readonly Series[]): Series[] {
  const pattern = compilePattern(expr.pattern)
  const names = pattern.namedGroups() as Record<string, number>
  return series.map((one) => {
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
}

function compilePattern(pattern: string): RE2JS {
  try {
    return RE2JS.compile(`^(?:${pattern})$`)
  } catch (error) {
    throw new QueryError(`invalid regex in label_replace: ${(error as Error).message}`, 0, 0)
  }
}

function withLabel(labels: Labels, name: string, value: string): Labels {
  const changed = new Map(labels)
  if (value === '') changed.delete(name)
  else changed.set(name, value)
  return changed
}
