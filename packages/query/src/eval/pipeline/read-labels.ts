import type { LabelFilter, Stage } from '../../logql/ast.ts'
import { compileTemplate } from './label-template.ts'

/** Names of the labels whose values the stages look at; `all` when a template may look at any other. */
export function labelsReadBy(stages: readonly Stage[]): { readonly names: Set<string>; readonly all: boolean } {
  const names = new Set<string>()
  let all = false
  for (const stage of stages) {
    switch (stage.kind) {
      case 'labelFilter':
        addFilterLabels(stage.filter, names)
        break
      case 'lineFormat':
        if (!addTemplateLabels(stage.template, 'line', names)) all = true
        break
      case 'labelFormat':
        for (const { value } of stage.assignments) {
          if (value.kind === 'label') names.add(value.name)
          else if (!addTemplateLabels(value.text, 'label', names)) all = true
        }
        break
      case 'distinct':
        for (const name of stage.names) names.add(name)
        break
      case 'drop':
      case 'keep':
        for (const { name, matcher } of stage.targets) if (matcher !== undefined) names.add(name)
        break
      default:
        break
    }
  }
  return { names, all }
}

/** Adds what a template reads; false when that may be any label. */
function addTemplateLabels(source: string, stage: 'line' | 'label', names: Set<string>): boolean {
  const { reads } = compileTemplate(source, stage)
  for (const name of reads.names) names.add(name)
  return !reads.all
}

export function addFilterLabels(filter: LabelFilter, names: Set<string>): void {
  switch (filter.kind) {
    case 'and':
    case 'or':
      addFilterLabels(filter.left, names)
      addFilterLabels(filter.right, names)
      break
    case 'string':
      names.add(filter.matcher.name)
      break
    default:
      names.add(filter.name)
  }
}
