import type { Template } from '../../template/index.ts'
import { QueryError } from '../../text/error.ts'
import { ERROR_LABEL } from '../labels.ts'
import { compileTemplate, FixedLabels, LineLabels, renderTemplate } from '../pipeline/label-template.ts'
import { type LineState, PARSED } from '../pipeline/line-state.ts'
import type { StageCompiler } from './stage.ts'

type Assignment = { readonly name: string } & ({ readonly from: string } | { readonly template: Template })

/**
 * `label_format a=b, c="…"`, in order: a rename moves the label (and does nothing when there is none), a template sets it.
 * All templates of one stage see the labels as they were when the first of them ran.
 */
export const compileLabelFormat: StageCompiler<'labelFormat'> = (stage) => {
  const names = new Set<string>()
  const assignments = stage.assignments.map(({ name, value }): Assignment => {
    if (name === ERROR_LABEL) throw new QueryError(`parse error : ${ERROR_LABEL} cannot be formatted`, 0, 0)
    if (names.has(name)) {
      throw new QueryError(`parse error : multiple label name '${name}' not allowed in a single format operation`, 0, 0)
    }
    names.add(name)
    return value.kind === 'label'
      ? { name, from: value.name }
      : { name, template: compileTemplate(value.text, 'label') }
  })
  const needsSnapshot = assignments.filter((assignment) => 'template' in assignment).length > 1
  const current = new LineLabels()
  return (state) => {
    let snapshot: FixedLabels | undefined
    for (const assignment of assignments) {
      if ('from' in assignment) rename(state, assignment.from, assignment.name)
      else {
        if (needsSnapshot) snapshot ??= new FixedLabels(state.allLabels())
        const value = renderTemplate(assignment.template, snapshot ?? current.load(state), state)
        if (value !== undefined) state.set(PARSED, assignment.name, value)
      }
    }
    return true
  }
}

/** What is renamed counts as parsed, wherever it came from; a label renamed to itself is removed, as in Loki. */
function rename(state: LineState, from: string, to: string): void {
  const value = state.get(from)
  if (value === undefined) return
  state.set(PARSED, to, value)
  state.remove(from)
}
