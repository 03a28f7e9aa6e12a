import { FunctionFault } from '../error.ts'
import { byteLength, encodeUtf8, sliceBytes } from '../utf8.ts'
import { Dictionary, GoInt, integerOf, kindOf, mapGet, mapSize, typeName, type Value } from '../value.ts'

/** `index x 1 "key"` is `x[1]["key"]`; an absent key gives the zero of the map's values. */
export function indexValue(item: Value, indexes: readonly Value[]): Value {
  if (item === undefined || item === null) throw new FunctionFault('index of untyped nil')
  let value: Value = item
  for (const index of indexes) {
    if (value === null || value === undefined) throw new FunctionFault('index of nil pointer')
    value = step(value, index)
  }
  return value
}

function step(item: Value, index: Value): Value {
  switch (kindOf(item)) {
    case 'string': {
      const bytes = encodeUtf8(item as string)
      const at = position(index, bytes.length)
      if (at === bytes.length) throw new FunctionFault('reflect: string index out of range')
      return new GoInt('uint8', BigInt(bytes[at] as number))
    }
    case 'slice': {
      const elements = item as readonly Value[]
      const at = position(index, elements.length)
      if (at === elements.length) throw new FunctionFault('reflect: slice index out of range')
      return elements[at]
    }
    case 'map': {
      if (index === undefined || index === null) {
        throw new FunctionFault('value is nil; should be of type string')
      }
      if (typeof index !== 'string') throw new FunctionFault(`value has type ${typeName(index)}; should be string`)
      const value = mapGet(item, index)
      return value === undefined ? (item instanceof Dictionary ? '' : null) : value
    }
    default:
      throw new FunctionFault(`can't index item of type ${typeName(item)}`)
  }
}

/** An index that may be as large as the length. */
function position(index: Value, length: number): number {
  const kind = kindOf(index)
  if (kind === 'invalid' || kind === 'nil') throw new FunctionFault('cannot index slice/array with nil')
  if (kind !== 'int' && kind !== 'uint') {
    throw new FunctionFault(`cannot index slice/array with type ${typeName(index)}`)
  }
  const at = integerOf(index)
  if (at < 0n || at > BigInt(length)) throw new FunctionFault(`index out of range: ${at}`)
  return Number(at)
}

/** `slice x 1 2` is `x[1:2]`, in bytes for strings. */
export function sliceValue(item: Value, indexes: readonly Value[]): Value {
  if (item === undefined || item === null) throw new FunctionFault('slice of untyped nil')
  if (indexes.length > 3) throw new FunctionFault(`too many slice indexes: ${indexes.length}`)
  const isText = typeof item === 'string'
  if (isText && indexes.length === 3) throw new FunctionFault('cannot 3-index slice a string')
  if (!isText && !Array.isArray(item)) throw new FunctionFault(`can't slice item of type ${typeName(item)}`)
  const length = isText ? byteLength(item) : (item as readonly Value[]).length
  const [from = 0, to = length, capacity = length] = indexes.map((index) => position(index, length))
  if (from > to) throw new FunctionFault(`invalid slice index: ${from} > ${to}`)
  if (to > capacity) throw new FunctionFault(`invalid slice index: ${to} > ${capacity}`)
  return isText ? sliceBytes(item, from, to) : (item as readonly Value[]).slice(from, to)
}

/** Bytes of a string, elements of an array, entries of a map. */
export function lengthOf(item: Value): number {
  if (typeof item === 'string') return byteLength(item)
  if (Array.isArray(item)) return item.length
  if (item === undefined || item === null) throw new FunctionFault('len of nil pointer')
  if (kindOf(item) !== 'map') throw new FunctionFault(`len of type ${typeName(item)}`)
  return mapSize(item)
}
