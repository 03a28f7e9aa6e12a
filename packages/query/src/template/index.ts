export { defineFunction, defineVariadic } from './define-function.ts'
export { FunctionFault, TemplateExecError, TemplateSyntaxError } from './error.ts'
export { encodeGoJson, JsonFault } from './format/go-json.ts'
export {
  ALERTMANAGER,
  type NotificationTemplateContext,
  SafeText,
  TextList,
  textsOf,
} from './functions/alertmanager.ts'
export { BUILTINS } from './functions/builtins.ts'
export { LOKI } from './functions/loki.ts'
export { type AlertTemplateContext, type AlertTemplateSample, PROMETHEUS } from './functions/prometheus.ts'
export { SPRIG } from './functions/sprig.ts'
export { type FunctionTable, joinTables } from './functions/table.ts'
export type { MissingKey, OutputEscaper } from './run.ts'
export { GoStruct } from './struct.ts'
export { parseTemplate, Template, type TemplateOptions, type TemplateReads } from './template.ts'
export { Duration } from './time/duration.ts'
export { GoTime } from './time/time.ts'
export {
  type CallScope,
  Dictionary,
  GoFunction,
  GoInt,
  GoList,
  GoObject,
  type ParameterType,
  StringMap,
} from './value.ts'
