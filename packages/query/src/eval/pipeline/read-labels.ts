import type { LabelFilter, Stage } from '../../logql/ast.ts'
import { compileTemplate } from '../template/compile.ts'

/** Names of the labels whose values the stages look at. */
export function labelsReadBy(stages: readonly Stage[]): Set<string> {
  const names = new Set<string>()
  for (const stage of stages) {
    switch (stage.kind) {
      case 'labelFilter':
        addFilterLabels(stage.filter, names)
        break
      case 'lineFormat':
        for (const name of compileTemplate(stage.template).labels) names.add(name)
        break
      case 'labelFormat':
        for (const { value } of stage.assignments) {
          if (value.kind === 'label') names.add(value.name)
          else for (const name of compileTemplate(value.text).labels) names.add(name)
        }
        break
      case 'drop':
      case 'keep':
        for (const { name, matcher } of stage.targets) if (matcher !== undefined) names.add(name)
        break
      default:
        break
    }
  }
  return names
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
