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
import type { Kinds } from './kind.ts'

/** The name of a field; code may give a function. */
const by = anything

/** Kinds of processors. Expressions and functions among the options can only be given by code. */
export const PROCESSOR_KINDS: Kinds<Processor> = {
  redact: {
    keys: {
      paths: listOf(text),
      keys: listOf(anything),
      patterns: listOf(anything),
      exclude: listOf(anything),
      action: anything,
      mask: text,
      key: anything,
      exactKeys: truth,
    },
    make: redact,
  },
  sample: {
    keys: { rate: amount, everyNth: count, by, below: level, addRate: truth, random: anything },
    make: sample,
  },
  'rate-limit': {
    keys: { perSecond: required(amount), burst: amount, by, maxKeys: count, below: level },
    make: rateLimit,
  },
  dedupe: { keys: { windowMs: amount, by, maxKeys: count }, make: dedupe },
  'fingers-crossed': {
    keys: {
      trigger: level,
      capacity: count,
      by,
      maxKeys: count,
      afterTrigger: oneOf('pass', 'hold'),
      atFlush: oneOf('keep', 'discard', 'emit'),
    },
    make: fingersCrossed,
  },
  'message-templates': { keys: { templateField: text }, make: messageTemplates },
  'add-fields': {
    keys: { fields: required(mapOf(anything)) },
    make: ({ fields }: { fields: Readonly<Record<string, unknown>> }) => addFields(fields),
  },
  'drop-fields': {
    keys: { names: required(listOf(anything)) },
    make: ({ names }: { names: readonly (string | RegExp)[] }) => dropFields(...names),
  },
  'rename-fields': {
    keys: { names: required(mapOf(text)) },
    make: ({ names }: { names: Readonly<Record<string, string>> }) => renameFields(names),
  },
}
