import type { LabelRule, LineRule } from '../rule.ts'
import { jsonField } from './json-field.ts'
import { linePattern } from './line-pattern.ts'
import { lineRegex } from './line-regex.ts'
import { lineText } from './line-text.ts'
import { logfmtField } from './logfmt-field.ts'
import { metadata } from './metadata.ts'

/** Every way in which a line filter becomes SQL; the first that has an answer is taken. */
export const LINE_RULES: readonly LineRule[] = [lineText, lineRegex, linePattern]

/** Every way in which a label filter becomes SQL, where the label is not one of the stream; the first is taken. */
export const LABEL_RULES: readonly LabelRule[] = [metadata, jsonField, logfmtField]
