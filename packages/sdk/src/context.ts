import type { Fields, GivenFields } from './fields.ts'
import { Frame, frameFields } from './frame.ts'

/** What we need of AsyncLocalStorage. */
interface Storage {
  getStore(): Frame | undefined
  run<T>(store: Frame | undefined, work: () => T): T
  enterWith(store: Frame | undefined): void
}

interface BuiltinModules {
  getBuiltinModule?(name: 'node:async_hooks'): { AsyncLocalStorage: new () => Storage } | undefined
}

/**
 * Where there is no AsyncLocalStorage (browsers): the context lasts while the function runs, up to its first await.
 * Callbacks of other work cannot see it, so nothing is ever logged under a wrong context.
 */
function synchronousStorage(): Storage {
  let current: Frame | undefined
  return {
    getStore: () => current,
    run(store, work) {
      const before = current
      current = store
      try {
        return work()
      } finally {
        current = before
      }
    },
    enterWith(store) {
      current = store
    },
  }
}

// Asked of the process and not imported, so that the core needs no other build for browsers. Node, Bun and Deno have it.
const processLike = (globalThis as { process?: BuiltinModules }).process
const AsyncStorage = processLike?.getBuiltinModule?.('node:async_hooks')?.AsyncLocalStorage
const storage: Storage = AsyncStorage === undefined ? synchronousStorage() : new AsyncStorage()

/** The frame of the context in force; for loggers. */
export function contextFrame(): Frame | undefined {
  return storage.getStore()
}

/**
 * Runs `work` with these fields in every record that is logged below it, also after awaits and in callbacks. Contexts nest:
 * inner fields win. Parallel calls do not see one another's fields.
 */
export function withContext<T>(fields: GivenFields, work: () => T): T {
  return storage.run(Frame.join(storage.getStore(), Frame.of(fields)), work)
}

/** Runs `work` in the context of a frame got by contextFrame before: for callbacks that come from outside of it. */
export function inFrame<T>(frame: Frame | undefined, work: () => T): T {
  return storage.run(frame, work)
}

/** Runs `work` without any context: for background work that a request starts and that does not belong to it. */
export function withoutContext<T>(work: () => T): T {
  return storage.run(undefined, work)
}

/**
 * Adds fields to the context from here on: for the rest of this function and what it starts, up to the end of the
 * surrounding withContext. A field that is undefined hides one of that name.
 */
export function setContext(fields: GivenFields): void {
  storage.enterWith(Frame.join(storage.getStore(), Frame.of(fields)))
}

/** Ends the context from here on, like setContext. */
export function clearContext(): void {
  storage.enterWith(undefined)
}

/** The fields of the context in force. */
export function getContext(): Fields {
  const frame = storage.getStore()
  return frame === undefined ? {} : { ...frameFields(frame) }
}
