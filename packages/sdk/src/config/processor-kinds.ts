import type { Processor } from '../processor.ts'
import { addFields } from '../processors/add-fields.ts'
import { dedupe } from '../processors/dedupe.ts'
import { dropFields } from '../processors/drop-fields.ts'
import { fingersCrossed } from '../processors/fingers-crossed.ts'
import { messageTemplates } from '../processors/message-templates.ts'
import { rateLimit } from '../processors/rate-limit.ts'
import { redact } from '../processors/redact.ts'
import { renameFields } from '../processors/rename-fields.ts'
import { sample } from '../processors/sample.ts'
import { amount, anything, count, level, listOf, mapOf, oneOf, required, text, truth } from './check.ts'
import { defineKind, type Kinds } from './kind.ts'

/** The name of a field; code may give a function. */
const by = anything

/** Kinds of processors. Expressions and functions among the options can only be given by code. */
export const PROCESSOR_KINDS: Kinds<Processor> = {
  redact: defineKind(
    {
      paths: listOf(text),
      keys: listOf(anything),
      patterns: listOf(anything),
      exclude: listOf(anything),
      action: anything,
      mask: text,
      key: anything,
      exactKeys: truth,
    },
    redact,
  ),
  sample: defineKind({ rate: amount, everyNth: count, by, below: level, addRate: truth, random: anything }, sample),
  'rate-limit': defineKind({ perSecond: required(amount), burst: amount, by, maxKeys: count, below: level }, rateLimit),
  dedupe: defineKind({ windowMs: amount, by, maxKeys: count }, dedupe),
  'fingers-crossed': defineKind(
    {
      trigger: level,
      capacity: count,
      by,
      maxKeys: count,
      afterTrigger: oneOf('pass', 'hold'),
      atFlush: oneOf('keep', 'discard', 'emit'),
    },
    fingersCrossed,
  ),
  'message-templates': defineKind({ templateField: text }, messageTemplates),
  'add-fields': defineKind(
    { fields: required(mapOf(anything)) },
    ({ fields }: { fields: Readonly<Record<string, unknown>> }) => addFields(fields),
  ),
  'drop-fields': defineKind(
    { names: required(listOf(anything)) },
    ({ names }: { names: readonly (string | RegExp)[] }) => dropFields(...names),
  ),
  'rename-fields': defineKind(
    { names: required(mapOf(text)) },
    ({ names }: { names: Readonly<Record<string, string>> }) => renameFields(names),
  ),
}
