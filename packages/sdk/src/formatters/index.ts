export {
  environmentFormatter,
  formatterOf,
  LOG_FORMS,
  type LogForm,
  logForm,
} from './environment.ts'
export { jsonFormatter } from './json.ts'
export type { JsonOptions, JsonTime } from './json-options.ts'
export { type LogfmtOptions, logfmtFormatter } from './logfmt.ts'
export { type TextOptions, textFormatter } from './pattern.ts'
export { type PrettyOptions, prettyFormatter } from './pretty.ts'
export { type Environment, environmentKind } from './process-environment.ts'
export { jsonValue } from './value.ts'
