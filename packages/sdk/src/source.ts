/** Where in the program a call stands. */
export interface Source {
  /** Path or URL, as the engine gives it, without `file://`. */
  readonly path: string
  /** Last part of the path: `checkout.ts`. */
  readonly file: string
  /** The file without its extension, as Python's module: `checkout`. */
  readonly module: string
  /** `<module>` at the top level, `<anonymous>` for functions without a name. */
  readonly function: string
  /** From 1. */
  readonly line: number
}

/** Finds where the call stands that is being logged; undefined when the engine gives no stack that can be read. */
export type SourceFinder = () => Source | undefined

const HERE = import.meta.url
// Engines write the addresses of modules with file:// or without it.
const LIBRARY = HERE.slice(0, HERE.lastIndexOf('/') + 1).replace(/^file:\/\//, '')
/** Our own tests stand between the files of the library and are callers like any other. */
const TEST = /\.test\.[cm]?[jt]s/

/**
 * The innermost caller outside of this library. Costs about 10 µs: it is looked for only when a handler asks for it, by
 * having this function as its `needsSource`. Undefined where the library and the program are bundled into one file.
 */
export function callSite(): Source | undefined {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 24
  const stack = new Error().stack ?? ''
  Error.stackTraceLimit = stackTraceLimit
  for (const line of stack.split('\n')) {
    if (line.includes(LIBRARY) && !TEST.test(line)) continue
    const source = parseStackLine(line)
    if (source !== undefined) return source
  }
  return undefined
}

/** `at Shop.pay (file:///app/shop.ts:3:9)` of V8; the name is optional, as are the brackets then. */
const V8 = /^\s*at (?:async )?(?:(.*?) \()?((?:[a-z-]+:\/\/|\/|[A-Za-z]:[\\/]|[\w.@-]+:)[^()]*?):(\d+):\d+\)?$/
/** `pay@https://shop.example/shop.js:3:9` of Firefox and Safari. */
const GECKO = /^(.*?)@([a-z-]+:\/\/.*?):(\d+):\d+$/

/** What one line of a stack says; undefined for lines without a place: messages, `at native`, `<anonymous>`. */
export function parseStackLine(line: string): Source | undefined {
  const match = V8.exec(line) ?? GECKO.exec(line)
  if (match === null) return undefined
  const path = (match[2] as string).replace(/^file:\/\//, '').replace(/^\/(?=[A-Za-z]:\/)/, '')
  const file = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
  const dot = file.lastIndexOf('.')
  return {
    path,
    file,
    module: dot > 0 ? file.slice(0, dot) : file,
    function: functionName(match[1] ?? ''),
    line: Number(match[3]),
  }
}

/** `Object.<anonymous>` and nothing are the top level of a module; `Shop.pay [as run]` is `pay`. */
function functionName(text: string): string {
  const name = text.replace(/ \[as [^\]]*\]$/, '')
  if (name === '' || name === 'Object.<anonymous>') return '<module>'
  return name.slice(name.lastIndexOf('.') + 1)
}
