import type { Transformation } from '../../model/dashboard.ts'
import { itemsOf, type Json, jsonOf, textOf } from './json.ts'
import type { Notes } from './notes.ts'
import type { FieldName } from './transformations.ts'

/** Properties of single fields that only colour or measure what is shown. */
const LOOKS =
  /^(?:color|custom\.(?:align|width|minWidth|lineWidth|lineStyle|fillOpacity|fillBelowTo|gradientMode|showPoints|pointSize|spanNulls|cellOptions|displayMode|filterable|inspect|drawStyle|hideFrom|axisPlacement|axisLabel|barAlignment|lineInterpolation|stacking))$/

/**
 * What a panel says of single fields. In tables a name and that a column is hidden are kept, as a transformation; what
 * changes values or words is told, and what is a matter of looks (colours, widths) is passed over.
 */
export function importOverrides(panel: Json, field: FieldName, notes: Notes): readonly Transformation[] {
  const isTable = panel.type === 'table' || panel.type === 'table-old'
  const exclude: string[] = []
  const rename: [string, string][] = []
  for (const { matcher, properties } of itemsOf(jsonOf(panel.fieldConfig).overrides)) {
    const { id, options } = jsonOf(matcher)
    const name = id === 'byName' ? textOf(options) : undefined
    for (const property of itemsOf(properties)) {
      const what = textOf(property.id) ?? ''
      const shown = textOf(property.value)
      if (isTable && name !== undefined && isShort(name) && what === 'displayName' && shown !== undefined) {
        rename.push([field(name), shown.slice(0, 200)])
      } else if (
        isTable &&
        name !== undefined &&
        isShort(name) &&
        what === 'custom.hidden' &&
        property.value === true
      ) {
        exclude.push(field(name))
      } else if (!LOOKS.test(what)) {
        const of = (textOf(options) ?? textOf(id) ?? '').slice(0, 100)
        notes.add(`the override of ${what.slice(0, 60)} for ${JSON.stringify(of)} is left out`)
      }
    }
  }
  return organized(exclude, rename)
}

/** `styles` of old tables: names, and columns that are hidden. */
export function importStyles(panel: Json, field: FieldName, notes: Notes): readonly Transformation[] {
  const exclude: string[] = []
  const rename: [string, string][] = []
  for (const { pattern, alias, type, unit } of itemsOf(panel.styles)) {
    const name = textOf(pattern)
    if (name === undefined) continue
    const literal = isShort(name) && !/^\/.*\/$/.test(name)
    const shown = textOf(alias)
    if (type === 'hidden' && literal) exclude.push(field(name))
    else if (type === 'hidden') notes.add(`columns like ${JSON.stringify(name.slice(0, 100))} are not hidden`)
    if (shown !== undefined && literal) rename.push([field(name), shown.slice(0, 200)])
    const measured = textOf(unit)
    if (measured !== undefined && !['short', 'none'].includes(measured)) {
      notes.add(`the unit ${measured.slice(0, 60)} of the column ${JSON.stringify(name.slice(0, 100))} is left out`)
    }
  }
  return organized(exclude, rename)
}

function isShort(name: string): boolean {
  return name.length <= 200
}

function organized(
  exclude: readonly string[],
  rename: readonly (readonly [string, string])[],
): readonly Transformation[] {
  if (exclude.length === 0 && rename.length === 0) return []
  return [
    {
      kind: 'organize',
      ...(exclude.length > 0 && { exclude: [...new Set(exclude)].slice(0, 500) }),
      ...(rename.length > 0 && { rename: Object.fromEntries(rename.slice(0, 500)) }),
    },
  ]
}
