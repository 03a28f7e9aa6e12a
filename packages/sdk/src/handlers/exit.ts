import { defaultHierarchy } from '../hierarchy.ts'

/** Something that holds records back. A Handler is one as it stands. */
export interface AtExit {
  /** Brings what waits to a place that survives the process, at once. Called on every way out that can be seen. */
  flushSync?(): void
  /** Delivers what waits over a network. Called where there is time: at the natural end and before a signal ends all. */
  flush?(): Promise<void>
  /** Called where there is time, when there is no `flush`. */
  close?(): Promise<void>
}

type Signal = 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGBREAK'

/** SIGBREAK exists on Windows only; listening to it elsewhere does nothing. */
const SIGNALS: readonly Signal[] = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGBREAK']

/** How long the end waits for deliveries over a network, all rounds together. */
const GRACE_MS = 2000

/** Records logged while the end was awaited get a second and a third round; a flush that keeps the loop busy, no more. */
const ROUNDS = 3

/** Node's process, where there is one. Asked for each time: this module is loaded in browsers as well. */
function host(): NodeJS.Process | undefined {
  const { process } = globalThis as { process?: NodeJS.Process }
  return typeof process?.on === 'function' && typeof process.removeListener === 'function' ? process : undefined
}

class ExitHooks {
  readonly #members = new Set<AtExit>()
  #graceMs = GRACE_MS
  #rounds = 0
  #delivering = false
  #ended = false
  #signalled = false

  /** Whether the last flush has been: what is logged from here on must be written at once. */
  get ended(): boolean {
    return this.#ended
  }

  add(member: AtExit): () => void {
    if (this.#members.size === 0) this.#install()
    this.#members.add(member)
    return () => {
      if (this.#members.delete(member) && this.#members.size === 0) this.#remove()
    }
  }

  readonly #onExit = () => {
    giveOut()
    this.#ended = true
    this.#flushSync()
  }

  readonly #onUncaught = () => this.#flushSync()

  readonly #onBeforeExit = () => {
    if (this.#delivering || this.#rounds >= ROUNDS || this.#graceMs <= 0) return
    this.#rounds++
    giveOut()
    void this.#deliver()
  }

  readonly #onSignal = (signal: Signal) => {
    const process = host()
    if (process === undefined) return
    giveOut()
    this.#flushSync()
    // Whoever else listens decides when the process ends, and 'exit' comes to us then.
    if (!isOurs(process, signal)) {
      const grace = this.#graceMs
      void this.#deliver().then(() => {
        // The process may go on for long: what this took is not taken from its end.
        this.#graceMs = grace
      })
      return
    }
    // A second Ctrl-C is from somebody who does not want to wait.
    if (this.#signalled) {
      this.#raise(process, signal)
      return
    }
    this.#signalled = true
    void this.#deliver().then(() => this.#raise(process, signal))
  }

  #raise(process: NodeJS.Process, signal: Signal): void {
    this.#flushSync()
    process.removeListener(signal, this.#onSignal)
    try {
      process.kill(process.pid, signal)
    } catch {
      // Windows has events of these names (the window is closed, Ctrl-Break), but not all of them can be raised.
      process.exit(1)
    }
  }

  #flushSync(): void {
    for (const member of this.#members) {
      try {
        member.flushSync?.()
      } catch {
        // flushSync promises not to throw; one that does must not keep the others from their turn.
      }
    }
  }

  /** Resolves when all have delivered, or time is up. */
  async #deliver(): Promise<void> {
    const started = performance.now()
    const work = [...this.#members].filter((member) => member.flush !== undefined || member.close !== undefined)
    if (work.length === 0) return
    this.#delivering = true
    let timer: ReturnType<typeof setTimeout> | undefined
    // Not unref'ed, other than every other timer of this library: retries of deliveries are, and would never come.
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#graceMs)
    })
    await Promise.race([late, Promise.allSettled(work.map(deliverOne))])
    clearTimeout(timer)
    this.#graceMs -= performance.now() - started
    this.#delivering = false
  }

  #install(): void {
    const process = host()
    if (process === undefined) return
    process.on('exit', this.#onExit)
    process.on('beforeExit', this.#onBeforeExit)
    // Of uncaught errors and, as Node treats them, of unhandled rejections; changes nothing about what they do.
    process.on('uncaughtExceptionMonitor', this.#onUncaught)
    for (const signal of SIGNALS) {
      try {
        process.on(signal, this.#onSignal)
      } catch {
        // A signal that this platform does not know.
      }
    }
  }

  #remove(): void {
    const process = host()
    process?.removeListener('exit', this.#onExit)
    process?.removeListener('beforeExit', this.#onBeforeExit)
    process?.removeListener('uncaughtExceptionMonitor', this.#onUncaught)
    for (const signal of SIGNALS) process?.removeListener(signal, this.#onSignal)
  }
}

/** What processors hold back comes to the handlers before those are flushed: the repeats that dedupe has counted. */
function giveOut(): void {
  defaultHierarchy.flushProcessors(false)
}

async function deliverOne(member: AtExit): Promise<void> {
  await (member.flush === undefined ? member.close?.() : member.flush())
}

interface Counted {
  readonly count: number
}

/**
 * Whether nobody but us listens. Listeners of the package signal-exit do not count: they step back as well when they are
 * not alone, so that two who wait for each other would make a process that no signal ends; it raises the signal anew.
 */
function isOurs(process: NodeJS.Process, signal: Signal): boolean {
  const version3 = (process as { __signal_exit_emitter__?: Counted }).__signal_exit_emitter__
  const version4 = (globalThis as { [SIGNAL_EXIT]?: Counted })[SIGNAL_EXIT]
  const stepBack = (version3?.count ?? 0) + (version4?.count ?? 0)
  return process.listenerCount(signal) - stepBack <= 1
}

const SIGNAL_EXIT = Symbol.for('signal-exit emitter')

/** Two copies of this library in one process share the hooks, or each would take the other for the application. */
const KEY = Symbol.for('girok.sdk exit hooks 1')

function hooks(): ExitHooks {
  const holder = globalThis as { [KEY]?: ExitHooks }
  holder[KEY] ??= new ExitHooks()
  return holder[KEY]
}

/**
 * Sees to it that `member` is flushed when the process ends: by itself, by process.exit, by an uncaught error or an
 * unhandled rejection, by SIGTERM, SIGINT, SIGHUP or SIGBREAK. `flushSync` is called on all of these ways; `flush` (or
 * `close`) at the natural end and on signals, for up to 2 seconds. A signal is raised anew afterwards when nobody else
 * listens to it. The processors of the process-wide hierarchy give out what they hold back before. Nothing helps against SIGKILL, abort and power cuts. Gives the function that takes `member` out again;
 * the hooks come with the first member and go with the last.
 */
export function registerAtExit(member: AtExit): () => void {
  return hooks().add(member)
}

/** Whether the process is past its last flush, in listeners of 'exit': what is logged now must be written at once. */
export function isExiting(): boolean {
  return hooks().ended
}
