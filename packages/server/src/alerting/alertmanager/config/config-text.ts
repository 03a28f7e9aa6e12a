import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml'
import { refuseRepeatedKeys, UNCHECKED_KEYS } from '../../../model/yaml-keys.ts'

/** Keys and places in lists that lead to a value. */
export type Path = readonly (string | number)[]

/** A scalar as it was written. */
export interface WrittenScalar {
  readonly text: string
  readonly isQuoted: boolean
  /** Where it stands, in UTF-16 units; the end is exclusive. */
  readonly start: number
  readonly end: number
}

/** Where faults are told, and what values looked like before YAML gave them types. */
export interface Reported {
  /** @param at whether the fault is in the key or in what stands there */
  problem(path: Path, message: string, at?: 'key' | 'value'): void
  written(path: Path): WrittenScalar | undefined
}

/** A YAML text whose values are looked at by path. Problems say where in the text they are. */
export class ConfigText implements Reported {
  readonly #name: string
  readonly #lines = new LineCounter()
  readonly #document: ReturnType<typeof parseDocument>
  #isBroken = false
  readonly #problems: { readonly offset: number; readonly sentence: string }[] = []

  /** @param name of the file, for messages */
  constructor(text: string, name: string) {
    this.#name = name
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      merge: true,
      ...UNCHECKED_KEYS,
    })
    refuseRepeatedKeys(this.#document)
    for (const { code, pos, message } of this.#document.errors) {
      if (code !== 'MULTIPLE_DOCS') this.#fault(pos[0], message)
      // What is there after `---` would be left out without a word.
      else if (!isBlank(text.slice(pos[0]))) this.#fault(pos[0], 'only one document can stand in the file')
    }
  }

  /** `FILE:LINE:COLUMN: KEY PATH: what is wrong and how to mend it`, in order of the text. */
  problems(): readonly string[] {
    return this.#problems.toSorted((a, b) => a.offset - b.offset).map(({ sentence }) => sentence)
  }

  /** The whole as plain values; keys without a value are left out. Undefined when it is no YAML. */
  plain(): unknown {
    if (this.#isBroken) return undefined
    try {
      return withoutNulls(this.#document.toJS({ maxAliasCount: 1000 }))
    } catch (error) {
      this.#fault(0, (error as Error).message)
      return undefined
    }
  }

  problem(path: Path, message: string, at: 'key' | 'value' = 'value'): void {
    const { node, key, found } = this.#find(path)
    const place = at === 'key' && key !== undefined && found ? key : node
    this.#add(place?.range?.[0] ?? 0, path.length === 0 ? message : `${printPath(path)}: ${message}`)
  }

  written(path: Path): WrittenScalar | undefined {
    const { node, found } = this.#find(path)
    if (!found || !isScalar(node) || !node.range) return undefined
    return {
      text: node.source ?? String(node.value),
      isQuoted: node.type !== 'PLAIN',
      start: node.range[0],
      end: node.range[1],
    }
  }

  /** The node at a path, or the deepest one on the way to it: what a merge brought in has no place of its own. */
  #find(path: Path): { node: Node | null; key: Node | undefined; found: boolean } {
    let node = this.#document.contents as Node | null
    let key: Node | undefined
    for (const step of path) {
      let next: Node | null | undefined
      if (isMap(node)) {
        const pair: Pair | undefined = node.items.find(
          (one) => isScalar(one.key) && String(one.key.value) === String(step),
        )
        if (pair !== undefined) {
          key = pair.key as Node
          next = pair.value as Node | null
        }
      } else if (isSeq(node)) {
        next = node.items[Number(step)] as Node | undefined
        if (next !== undefined) key = undefined
      }
      if (next === undefined) return { node: key ?? node, key, found: false }
      node = (isAlias(next) ? next.resolve(this.#document) : next) ?? key ?? node
    }
    return { node, key, found: true }
  }

  #fault(offset: number, message: string): void {
    this.#isBroken = true
    this.#add(offset, `not valid YAML: ${message}`)
  }

  #add(offset: number, sentence: string): void {
    const { line, col } = this.#lines.linePos(offset)
    this.#problems.push({ offset, sentence: `${this.#name}:${Math.max(1, line)}:${Math.max(1, col)}: ${sentence}` })
  }
}

/** `route.routes[0].group_wait`. */
export function printPath(path: Path): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${step}`)).join('')
}

/** Nothing but comments and the marks between documents. */
function isBlank(text: string): boolean {
  return text.split(/\r?\n/).every((line) => /^\s*(?:(?:---|\.\.\.)\s*)?(?:#.*)?$/.test(line))
}

/** Labels that are asked for without a value are asked to be empty: a route must not match more for it. */
const EQUALITIES = /^(?:source_|target_)?match$/

/** Keys without a value are as good as none, at any depth. */
export function withoutNulls(value: unknown, parent = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutNulls(one))
  if (typeof value !== 'object' || value === null) return value
  const kept: [string, unknown][] = []
  for (const [key, one] of Object.entries(value)) {
    if (one !== null) kept.push([key, withoutNulls(one, key)])
    else if (EQUALITIES.test(parent)) kept.push([key, ''])
  }
  return Object.fromEntries(kept)
}
