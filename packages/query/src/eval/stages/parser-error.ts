import { PRESERVE_ERROR_LABEL } from '../labels.ts'
import { type LineState, PARSED } from '../pipeline/line-state.ts'
import type { StageContext } from './stage.ts'

export const JSON_ERROR = 'JSONParserErr'
export const LOGFMT_ERROR = 'LogfmtParserErr'
export const TEMPLATE_ERROR = 'TemplateFormatErr'
export const LABEL_FILTER_ERROR = 'LabelFilterErr'
export const SAMPLE_ERROR = 'SampleExtractionErr'

/** Notes that a parser could not read the line; the line stays. Without details those of an earlier error stay as well. */
export function failParse(state: LineState, context: StageContext, kind: string, details: string): void {
  state.fail(kind, details === '' ? state.errorDetails : details)
  if (context.preserveErrors) state.set(PARSED, PRESERVE_ERROR_LABEL, 'true')
}
