import type { Processor } from '../processor.ts'
import type { Kinds } from './kind.ts'

/** Kinds of processors. */
export const PROCESSOR_KINDS: Kinds<Processor> = {}
