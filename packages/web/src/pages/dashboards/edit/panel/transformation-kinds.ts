import type { Transformation } from '@girok/server/contract'

export type TransformationKind = Transformation['kind']
export type TransformationOf<K extends TransformationKind> = Extract<Transformation, { readonly kind: K }>

/** Each kind as it is when it is added: it changes nothing before it is filled in, as far as it can. */
const blanks: { readonly [K in TransformationKind]: TransformationOf<K> } = {
  organize: { kind: 'organize' },
  merge: { kind: 'merge' },
  reduce: { kind: 'reduce', reducers: ['last'] },
  filterFields: { kind: 'filterFields' },
  sortBy: { kind: 'sortBy', field: '' },
  limit: { kind: 'limit', count: 10 },
  renameByRegex: { kind: 'renameByRegex', regex: '(.*)', to: '$1' },
  calculate: { kind: 'calculate', left: '', op: '/', right: '', as: '' },
}

export const transformationKinds = Object.keys(blanks) as TransformationKind[]

export function blankTransformation(kind: TransformationKind): Transformation {
  return blanks[kind]
}

/** Names that are given to fields, as rows of a form. */
export type RenamePairs = readonly (readonly [from: string, to: string])[]

export function pairsOf(rename: Readonly<Record<string, string>> | undefined): RenamePairs {
  return Object.entries(rename ?? {})
}

/** Undefined when nothing is renamed; of a name that stands twice the last counts. */
export function renameOf(pairs: RenamePairs): Readonly<Record<string, string>> | undefined {
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs)
}

/** What the engine says against a regular expression, plain or `/…/` with flags; undefined for a good one. */
export function regexFault(source: string | undefined): string | undefined {
  if (source === undefined || source === '') return undefined
  const slashed = /^\/(.*)\/([a-z]*)$/s.exec(source)
  try {
    void (slashed === null ? new RegExp(source) : new RegExp(slashed[1] ?? '', slashed[2]))
    return undefined
  } catch (error) {
    if (error instanceof SyntaxError) return error.message
    throw error
  }
}

/** Whether a transformation can be carried out as it stands. */
export function isWhole(step: Transformation): boolean {
  switch (step.kind) {
    case 'filterFields':
      return regexFault(step.include) === undefined && regexFault(step.exclude) === undefined
    case 'renameByRegex':
      return step.regex !== '' && regexFault(step.regex) === undefined
    case 'reduce':
      return step.reducers.length > 0
    default:
      return true
  }
}
