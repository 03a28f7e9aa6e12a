import {
  Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
} from 'yaml'
import { yamlDepthExcess } from '../../model/yaml-excess.ts'
import { refuseRepeatedKeys, UNCHECKED_KEYS } from '../../model/yaml-keys.ts'
import { mergedPairs } from './yaml-merge.ts'
import { pathOfNode } from './yaml-path.ts'

/** Characters that may not stand in YAML (1.2.2, 5.1). */
const UNPRINTABLE = /[^\t\n\r\x20-\x7e\x85\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

/** A fault in a YAML text: `FILE:LINE:COLUMN: what is wrong`; in a value that was no text: `rules[0].expr: what is wrong`. */
export type YamlProblem = string

/** A YAML text whose maps are read strictly: a key that nobody asked for is a fault that says where it stands. */
export class YamlText {
  readonly problems: YamlProblem[] = []
  readonly #name: string
  readonly #lines = new LineCounter()
  readonly #document: Document
  /** True where faults are told by the path to the value. */
  readonly byPath: boolean

  /**
   * @param text YAML, or a value that came as JSON
   * @param name of the file, for messages
   */
  constructor(text: string | { readonly value: unknown }, name: string) {
    this.#name = name
    this.byPath = typeof text !== 'string'
    if (typeof text !== 'string') {
      this.#document = new Document(text.value)
      return
    }
    const excess = yamlDepthExcess(text)
    if (excess !== undefined) {
      this.#document = new Document(null)
      this.#add(0, `not read: ${excess}`)
      return
    }
    const [first, ...more] = parseAllDocuments(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      ...UNCHECKED_KEYS,
    })
    if (first !== undefined) refuseRepeatedKeys(first)
    this.#document = first ?? new Document(null)
    for (const { pos, message } of first?.errors ?? []) this.#add(pos[0], `not valid YAML: ${message}`)
    const unprintable = UNPRINTABLE.exec(text)
    if (unprintable !== null) {
      const code = (unprintable[0].codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')
      this.#add(unprintable.index, `not valid YAML: the character U+${code} may not stand in it`)
    }
    // Nothing behind a last `---` is no document.
    const second = more.find(({ contents, errors }) => errors.length > 0 || !isNothing(contents))
    if (second !== undefined) {
      const message = 'a second YAML document begins here: only one is read, join them'
      this.#add(second.contents?.range?.[0] ?? second.range[0], message)
    }
  }

  /** The fields of the whole text; undefined (and a fault) when it is no map. An empty text is an empty map. */
  root(known: readonly string[], what = 'the file'): YamlFields | undefined {
    if (this.problems.length > 0) return undefined
    const node = this.#resolved(this.#document.contents as Node | null)
    if (isNothing(node)) return new YamlFields(this, undefined)
    return this.fields(node, known, what)
  }

  /** The fields of a map; faults for keys that are not known. */
  fields(given: Node | null | undefined, known: readonly string[], what: string): YamlFields | undefined {
    const node = this.#resolved(given)
    if (!isMap(node)) {
      this.problem(node ?? given, `${what} must be a map of ${known.join(', ')}`)
      return undefined
    }
    for (const pair of this.pairs(node)) {
      const key = keyOf(pair)
      if (!known.includes(key)) {
        this.problem(pair.key as Node, `field ${key} not found in ${what}: known are ${known.join(', ')}`)
      }
    }
    return new YamlFields(this, node)
  }

  problem(node: Node | null | undefined, message: string): void {
    if (this.problems.length >= MOST_PROBLEMS) return
    if (this.byPath) this.#tell(`${pathOfNode(this.#document, node)}: ${message}`)
    else this.#add(node?.range?.[0] ?? 0, message)
  }

  /** The pairs of a map, those that merges bring in among them. */
  pairs(map: YAMLMap): readonly Pair[] {
    const { pairs, faults } = mergedPairs(map, (node) => this.#resolved(node))
    for (const fault of faults) this.problem(fault, '<< merges a map, or a list of maps')
    return pairs
  }

  place(node: Node | null | undefined): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(node?.range?.[0] ?? 0)
    return { line, column: col }
  }

  resolved(node: Node | null | undefined): Node | null {
    return this.#resolved(node)
  }

  #resolved(node: Node | null | undefined): Node | null {
    if (!isAlias(node)) return node ?? null
    const meant = node.resolve(this.#document)
    if (meant === undefined) this.problem(node, `no anchor &${node.source} stands before *${node.source}`)
    return meant ?? null
  }

  #add(offset: number, message: string): void {
    const { line, col } = this.#lines.linePos(offset)
    this.#tell(`${this.#name}:${Math.max(1, line)}:${Math.max(1, col)}: ${message}`)
  }

  /** Once, however often the value is read. */
  #tell(problem: string): void {
    if (this.problems.includes(problem)) return
    this.problems.push(problem)
    if (this.problems.length === MOST_PROBLEMS - 1) {
      this.problems.push(`${this.#name}: there may be more faults, which are told when these are mended`)
    }
  }
}

/** Nobody reads more, and each takes time to place. */
const MOST_PROBLEMS = 100

/** The fields of one map. A value of the wrong type is a fault, and reads as absent. */
export class YamlFields {
  readonly #text: YamlText
  readonly node: YAMLMap | undefined

  constructor(text: YamlText, node: YAMLMap | undefined) {
    this.#text = text
    this.node = node
  }

  has(key: string): boolean {
    return this.value(key) !== null
  }

  /** The node of a value, aliases resolved; null when it is absent or empty. */
  value(key: string): Node | null {
    const pair = this.node && this.#text.pairs(this.node).find((one) => keyOf(one) === key)
    const node = this.#text.resolved(pair?.value as Node | null | undefined)
    return isNothing(node) ? null : node
  }

  /** The text of a value; numbers and booleans as they are written. */
  text(key: string): string | undefined {
    const node = this.value(key)
    if (node === null) return undefined
    if (isScalar(node)) return this.#wellFormed(node)
    this.#text.problem(node, `${key} must be a text`)
    return undefined
  }

  whole(key: string): number | undefined {
    const node = this.value(key)
    if (node === null) return undefined
    if (isScalar(node) && Number.isSafeInteger(node.value)) return node.value as number
    this.#text.problem(node, `${key} must be a whole number`)
    return undefined
  }

  /** The elements of a list; empty when it is absent. */
  list(key: string): readonly Node[] {
    const node = this.value(key)
    if (node === null) return []
    if (isSeq(node)) return node.items as Node[]
    this.#text.problem(node, `${key} must be a list`)
    return []
  }

  /** A map of texts. */
  texts(key: string): Map<string, string> {
    const found = new Map<string, string>()
    const node = this.value(key)
    if (node === null) return found
    if (!isMap(node)) {
      this.#text.problem(node, `${key} must be a map of names and texts`)
      return found
    }
    for (const pair of this.#text.pairs(node)) {
      const value = this.#text.resolved(pair.value as Node | null)
      if (value === null || isScalar(value)) found.set(keyOf(pair), value === null ? '' : this.#wellFormed(value))
      else this.#text.problem(value, `${key}.${keyOf(pair)} must be a text`)
    }
    return found
  }

  /** Escapes can make halves of characters, which cannot be written anywhere. */
  #wellFormed(node: Scalar): string {
    const text = scalarText(node)
    if (/\p{Surrogate}/u.test(text)) this.#text.problem(node, 'half of a character (\\uD800 to \\uDFFF) is no text')
    return text
  }
}

function isNothing(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null)
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? scalarText(pair.key) : '?'
}

/** As it was written: `0x10` and `1e3` stay what they are, and `on` is a word. */
function scalarText(node: { readonly value: unknown; readonly source?: string | undefined }): string {
  if (node.value === null) return ''
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))
}
