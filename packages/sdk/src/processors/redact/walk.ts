import { MAX_DEPTH } from '../../formatters/value.ts'
import { REMOVED, type Replacement } from './action.ts'
import { copyError, errorMembers } from './error-copy.ts'
import { copyMembers, freeName, putMember } from './members.ts'
import type { NameVerdict } from './name-rules.ts'
import { childNode, type NamedChild, type PathNode } from './path.ts'
import type { Scrub } from './patterns.ts'

const hasOwn = Object.prototype.hasOwnProperty

export interface WalkRules {
  /** Undefined when neither keys nor patterns are looked for. */
  readonly judge: ((name: string) => NameVerdict) | undefined
  /** Never throws. */
  readonly scrub: Scrub | undefined
  /** Never throws. */
  readonly replacement: Replacement
}

/** One of several members. */
export interface Entry {
  readonly name: string
  /** The same name, unless it holds a secret itself. */
  readonly shown: string
  value: unknown
}

/** What a value stands in. */
interface Place {
  /** The innermost object around it; undefined for the fields of a record. */
  readonly around: object | undefined
  /** What that object stands in. */
  readonly above: Place | undefined
  readonly depth: number
  /** Whether everything is looked at, or only where paths lead. */
  readonly deep: boolean
}

const TOP: Place = { around: undefined, above: undefined, depth: 0, deep: false }
const TOP_OF_ALL: Place = { ...TOP, deep: true }

/**
 * Gives a value without its secrets: the same value when it holds none, else a copy of what lies on the way to them. Sees
 * values as formatters do: what toJSON gives, the items of a Map or Set, the own members of errors. A copy is a tree:
 * through it a formatter would not see that a circle is one, and would write what stands in the original.
 */
export function createWalk({ judge, scrub, replacement }: WalkRules) {
  const text: Scrub = scrub ?? ((given) => given)

  /** A value that is not a text, by the text that is written of it. */
  function written(value: unknown, shown: string): unknown {
    const scrubbed = text(shown)
    return scrubbed === shown ? value : scrubbed
  }

  /** What is shown of a member; REMOVED for nothing. */
  function member(
    value: unknown,
    name: string,
    verdict: NameVerdict | undefined,
    node: PathNode | undefined,
    place: Place,
  ): unknown {
    if (value === undefined || node?.keep || verdict?.keep) return value
    if (node?.secret || verdict?.secret) return replacement.value(value, name)
    return visit(value, node, place)
  }

  function visit(value: unknown, node: PathNode | undefined, place: Place): unknown {
    switch (typeof value) {
      case 'string':
        return place.deep ? text(value) : value
      case 'number':
      case 'bigint':
        // Shorter ones are no secret that a pattern could know.
        return place.deep && (value >= 1e12 || value <= -1e12) ? written(value, String(value)) : value
      case 'symbol':
        return place.deep ? written(value, String(value)) : value
      case 'function':
        return place.deep ? written(value, `[function ${value.name || 'anonymous'}]`) : value
      case 'object':
        return value === null || (node === undefined && !place.deep) ? value : guarded(value, node, place)
      default:
        return value
    }
  }

  function guarded(value: object, node: PathNode | undefined, place: Place): unknown {
    for (let one: Place | undefined = place; one !== undefined; one = one.above) {
      if (one.around === value) return '[circular]'
    }
    if (place.depth >= MAX_DEPTH) return '[deep]'
    try {
      const inside = { around: value, above: place, depth: place.depth + 1, deep: place.deep }
      if (isPlainObject(value) && value.toJSON === undefined) return members(value, node, inside) ?? value
      return container(value, node, inside)
    } catch (error) {
      return threw(error)
    }
  }

  /** As jsonValue writes it, for what cannot be read here may be readable a moment later. */
  function threw(error: unknown): string {
    return text(`[threw ${error instanceof Error ? error.message : 'while it was read'}]`)
  }

  function container(value: object, node: PathNode | undefined, place: Place): unknown {
    if (isError(value)) {
      const values = entries(errorMembers(value), node, place)
      return values === undefined ? value : copyError(value, values)
    }
    if (ArrayBuffer.isView(value)) return value
    const { toJSON } = value as { toJSON?: unknown }
    if (typeof toJSON === 'function') {
      if (value instanceof Date && toJSON === Date.prototype.toJSON) return value
      const given: unknown = toJSON.call(value)
      const seen = visit(given, node, place)
      return seen === given ? value : seen
    }
    if (Array.isArray(value)) return list(value, node, place) ?? value
    // Not a Set again: two secrets with the same mask would become one.
    if (value instanceof Set) return list([...value], node, place) ?? value
    if (value instanceof Map) return map(value, node, place)
    return members(value as Record<string, unknown>, node, place) ?? value
  }

  /** The copy of an object, undefined when nothing changed. */
  function members(
    value: Readonly<Record<string, unknown>>,
    node: PathNode | undefined,
    place: Place,
  ): Record<string, unknown> | undefined {
    if (!place.deep && node !== undefined && node.any === undefined) return namedMembers(value, node, place)
    let copy: Record<string, unknown> | undefined
    for (const key in value) {
      if (!hasOwn.call(value, key)) continue
      const verdict = place.deep ? judge?.(key) : undefined
      let item: unknown
      let seen: unknown
      try {
        item = value[key]
        seen = member(item, key, verdict, childNode(node, key), place)
      } catch (error) {
        seen = threw(error)
      }
      if (seen === item && (verdict === undefined || verdict.shown === key)) continue
      copy ??= copyMembers(value)
      putMember(copy, key, verdict?.shown ?? key, seen)
    }
    return copy === undefined || place.deep ? copy : cutRings(copy, value, place)
  }

  /** The usual case: no look at any other member. */
  function namedMembers(value: Readonly<Record<string, unknown>>, node: PathNode, place: Place) {
    let copy: Record<string, unknown> | undefined
    const { named } = node
    const plain = isPlainObject(value)
    for (let index = 0; index < named.length; index++) {
      const { key, child, isInherited } = named[index] as NamedChild
      // What a plain object has under a name is its own: asking would be a seventh of the walk.
      if ((!plain || isInherited) && !hasOwn.call(value, key)) continue
      let item: unknown
      let seen: unknown
      try {
        item = value[key]
        if (item === undefined) continue
        seen = member(item, key, undefined, child, place)
      } catch (error) {
        seen = threw(error)
      }
      if (seen === item) continue
      if (copy === undefined) copy = copyMembers(value)
      // Not by putMember: the engine then sees but the names of paths at this place, 2 % of a record with three.
      if (seen === REMOVED || isInherited) putMember(copy, key, key, seen)
      else copy[key] = seen
    }
    return copy === undefined ? undefined : cutRings(copy, value, place)
  }

  /** What was not on a path may lead back to an original whose copy is shown here. */
  function cutRings(
    copy: Record<string, unknown>,
    original: Readonly<Record<string, unknown>>,
    place: Place,
  ): Record<string, unknown> {
    if (place.depth === 0) return copy
    for (const key in copy) {
      const item = copy[key]
      if (typeof item === 'object' && item !== null && item === original[key]) {
        putMember(copy, key, key, cutRing(item, place))
      }
    }
    return copy
  }

  function cutRing(value: unknown, place: Place): unknown {
    return visit(value, undefined, { ...place, deep: true })
  }

  /** The copy of a list, undefined when nothing changed. Places in a list have no names to judge. */
  function list(items: readonly unknown[], node: PathNode | undefined, place: Place): unknown[] | undefined {
    let copy: unknown[] | undefined
    for (let index = 0; index < items.length; index++) {
      const item = items[index]
      const seen =
        node === undefined
          ? visit(item, undefined, place)
          : member(item, String(index), undefined, childNode(node, String(index)), place)
      if (seen === item) continue
      copy ??= [...items]
      copy[index] = seen
    }
    if (copy === undefined) return undefined
    if (!place.deep) copy = copy.map((item, index) => (item === items[index] ? cutRing(item, place) : item))
    return copy.filter((item) => item !== REMOVED)
  }

  function map(value: ReadonlyMap<unknown, unknown>, node: PathNode | undefined, place: Place): unknown {
    const keys = [...value.keys()]
    const items = [...value.values()]
    const seen = entries(
      keys.map((key, index) => [String(key), items[index]]),
      node,
      place,
    )
    if (seen === undefined) return value
    const copy = new Map<unknown, unknown>()
    for (const [index, { name, shown, value: item }] of seen.entries()) {
      if (item === REMOVED) continue
      copy.set(name === shown ? keys[index] : freeName(shown, (taken) => copy.has(taken)), item)
    }
    return copy
  }

  /** What is shown of them; undefined when nothing changed. */
  function entries(
    pairs: readonly (readonly [string, unknown])[],
    node: PathNode | undefined,
    place: Place,
  ): Entry[] | undefined {
    let isChanged = false
    const seen = pairs.map(([name, value]): Entry => {
      const verdict = place.deep ? judge?.(name) : undefined
      const entry = {
        name,
        shown: verdict?.shown ?? name,
        value: member(value, name, verdict, childNode(node, name), place),
      }
      isChanged ||= entry.value !== value || entry.shown !== name
      return entry
    })
    if (!isChanged) return undefined
    if (!place.deep) {
      for (const [index, entry] of seen.entries()) {
        if (entry.value === pairs[index]?.[1]) entry.value = cutRing(entry.value, place)
      }
    }
    return seen
  }

  return {
    text,
    /** Fields of a record or frame: the same ones when they hold no secret. */
    fields<T extends Readonly<Record<string, unknown>>>(fields: T, root: PathNode | undefined): T {
      return (members(fields, root, judge === undefined ? TOP : TOP_OF_ALL) as T | undefined) ?? fields
    },
  }
}

/** Objects that programs write down: they have no members but their own, save those that all objects have. */
function isPlainObject(value: object): value is Record<string, unknown> {
  return Object.getPrototypeOf(value) === Object.prototype
}

/** Errors of another realm (a frame, node:vm) are no instances of ours, and formatters show them all the same. */
function isError(value: object): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
}
