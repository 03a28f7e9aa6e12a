interface Builtins {
  'node:dgram': typeof import('node:dgram')
  'node:fs': typeof import('node:fs')
  'node:net': typeof import('node:net')
  'node:os': typeof import('node:os')
  'node:tls': typeof import('node:tls')
  'node:zlib': typeof import('node:zlib')
  'node:worker_threads': typeof import('node:worker_threads')
}

/**
 * A module of Node, Bun or Deno; undefined in browsers. Asked of the process and not imported, so that handlers that need
 * it only at times are bundled for browsers as they are.
 */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] | undefined {
  const host = (globalThis as { process?: { getBuiltinModule?(id: string): unknown } }).process
  return host?.getBuiltinModule?.(name) as Builtins[Name] | undefined
}
