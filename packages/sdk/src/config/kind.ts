import type { Check, Keys } from './check.ts'

/** A member of a family that configurations name by `kind`: its options, and what makes one of them. */
export interface Kind<Made> {
  /** Names of all options and what they may be. */
  readonly keys: Keys
  make(options: never): Made
}

/** A kind whose table of options TypeScript holds against the options themselves: none is missing. */
export function defineKind<Options, Made>(
  keys: { readonly [K in keyof NonNullable<Options>]-?: Check },
  make: (options: Options) => Made,
): Kind<Made> {
  return { keys, make: make as Kind<Made>['make'] }
}

export type Kinds<Made> = Readonly<Record<string, Kind<Made>>>

/** A class of Python's logging, or of a package that is used with it, as a kind of ours. */
export interface PythonClass {
  readonly kind: string
  /** Python's argument names in their order, and our option for each; undefined for those that mean nothing here. */
  readonly arguments: Readonly<Record<string, string | undefined>>
  /** Where values differ too: gets all arguments given, under Python's names, and gives options under ours. */
  readonly convert?: (given: Readonly<Record<string, unknown>>) => Record<string, unknown>
}

/** fileConfig writes `handlers.RotatingFileHandler` and `StreamHandler`, as seen from inside of logging. */
export function pythonName(name: string): string {
  return name.includes('.') && !/^handlers\./.test(name) ? name : `logging.${name}`
}
