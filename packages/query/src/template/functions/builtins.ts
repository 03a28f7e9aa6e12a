import { defineFunction, defineVariadic } from '../define-function.ts'
import { sprint, sprintf, sprintln } from '../format/printf.ts'
import { type CallScope, type GoFunction, isTrue, kindOf, type Value } from '../value.ts'
import { equalsAny, isLess } from './compare.ts'
import { escapeHtml, escapeJs, escapeQuery } from './escape.ts'
import { indexValue, lengthOf, sliceValue } from './indexing.ts'
import type { FunctionTable } from './table.ts'

const short = (): never => {
  throw new Error('and, or and call are part of the language')
}
const AND = defineVariadic(['reflect'], 'reflect', short)
const OR = defineVariadic(['reflect'], 'reflect', short)

/** Functions that stop at the argument which decides, with the truth that decides. */
export const SHORT_CIRCUIT: ReadonlyMap<GoFunction, boolean> = new Map([
  [AND, false],
  [OR, true],
])
/** `call`: knows the expression that it was written with. */
export const CALL = defineVariadic(['reflect'], 'reflect', short)

/** All arguments as one text, as an action prints values. */
function shown(args: readonly Value[], { maxOutput }: CallScope): string {
  const [only] = args
  if (args.length === 1 && typeof only === 'string') return only
  const printable = args.map((value) => (kindOf(value) === 'invalid' || value === null ? '<no value>' : value))
  return sprint(printable, maxOutput)
}

function escaper(change: (text: string) => string): GoFunction {
  return defineVariadic([], 'any', (_args, rest, scope) => change(shown(rest, scope)))
}

const lessOrEqual = (a: Value, b: Value): boolean => isLess(a, b) || equalsAny(a, [b])

/** The functions of the language itself. */
export const BUILTINS: FunctionTable = new Map<string, GoFunction>([
  ['and', AND],
  ['or', OR],
  ['call', CALL],
  ['not', defineFunction(['reflect'], ([value]) => !isTrue(value))],
  ['html', escaper(escapeHtml)],
  ['js', escaper(escapeJs)],
  ['urlquery', escaper(escapeQuery)],
  ['index', defineVariadic(['reflect'], 'reflect', ([item], indexes) => indexValue(item, indexes))],
  ['slice', defineVariadic(['reflect'], 'reflect', ([item], indexes) => sliceValue(item, indexes))],
  ['len', defineFunction(['reflect'], ([item]) => BigInt(lengthOf(item)))],
  ['print', defineVariadic([], 'any', (_args, rest, { maxOutput }) => sprint(rest, maxOutput))],
  ['println', defineVariadic([], 'any', (_args, rest, { maxOutput }) => sprintln(rest, maxOutput))],
  ['printf', defineVariadic(['string'], 'any', ([format], rest, { maxOutput }) => sprintf(format, rest, maxOutput))],
  ['eq', defineVariadic(['reflect'], 'reflect', ([first], others) => equalsAny(first, others))],
  ['ne', defineFunction(['reflect', 'reflect'], ([a, b]) => !equalsAny(a, [b]))],
  ['lt', defineFunction(['reflect', 'reflect'], ([a, b]) => isLess(a, b))],
  ['le', defineFunction(['reflect', 'reflect'], ([a, b]) => lessOrEqual(a, b))],
  ['gt', defineFunction(['reflect', 'reflect'], ([a, b]) => !lessOrEqual(a, b))],
  ['ge', defineFunction(['reflect', 'reflect'], ([a, b]) => !isLess(a, b))],
])
