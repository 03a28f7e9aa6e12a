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

// Stacks give files as URLs or, where a tool loads the modules, as paths: both have the path in them.
const HERE = import.meta.url.replace(/^file:\/\//, '')
const LIBRARY = HERE.slice(0, HERE.lastIndexOf('/') + 1)
/** Our own tests stand between the files of the library and are callers like any other. */
const TEST = /\.test\.[cm]?[jt]s/

const NAMED = /^\s*at (?:async )?(.*?) ?\(?((?:[a-z-]+:\/\/|\/|[A-Za-z]:\\|[\w.@-]+:)[^()]*?):(\d+):\d+\)?$/

/**
 * The innermost caller outside of this library. Costs about 10 µs: it is looked for only when a handler asks for it.
 * Undefined when the engine gives no stack that can be read.
 */
export function callSite(): Source | undefined {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 24
  const stack = new Error().stack ?? ''
  Error.stackTraceLimit = stackTraceLimit
  for (const line of stack.split('\n').slice(1)) {
    if (line.includes(LIBRARY) && !TEST.test(line)) continue
    const match = NAMED.exec(line)
    if (match === null) continue
    const path = (match[2] as string).replace(/^file:\/\//, '')
    const file = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
    const dot = file.lastIndexOf('.')
    return {
      path,
      file,
      module: dot > 0 ? file.slice(0, dot) : file,
      function: functionName(match[1] as string),
      line: Number(match[3]),
    }
  }
  return undefined
}

/** `Object.<anonymous>` and nothing are the top level of a module; `Shop.pay [as run]` is `pay`. */
function functionName(text: string): string {
  const name = text.replace(/ \[as [^\]]*\]$/, '')
  if (name === '' || name === 'Object.<anonymous>') return '<module>'
  return name.slice(name.lastIndexOf('.') + 1)
}
