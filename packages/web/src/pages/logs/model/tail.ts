import type { TailFrame } from '@girok/server/contract'
import { signal } from '@preact/signals'
import { endpoint } from '../../../api/client.ts'
import { type Entry, type Labels, noLabels } from '../../../api/entry.ts'
import { ApiError } from '../../../api/error.ts'
import { fetchLogs } from '../../../api/loki.ts'
import { currentToken, socketProtocols } from '../../../api/token.ts'
import { Ring } from './ring.ts'

export type TailStatus = 'off' | 'connecting' | 'open' | 'closed'

const retryMs = 2000

/** Lines held on screen. */
export const tailCapacity = 100_000

/** What the counter shows; replaced once per animation frame at most. */
export interface TailCounts {
  /** Lines received since the start. */
  readonly received: number
  /** Lines that the server left out because this page did not keep up. */
  readonly dropped: number
  /** Lines received while paused, not shown yet. */
  readonly waiting: number
  /** Lines received while paused that no longer fit and are lost for this view. */
  readonly overflowed: number
  /** Lines per second over the last seconds. */
  readonly rate: number
}

const noCounts: TailCounts = { received: 0, dropped: 0, waiting: 0, overflowed: 0, rate: 0 }

/**
 * Live tail. Lines go to a ring outside reactive state; `version` rises once per animation frame, however many frames
 * of the server came in between.
 */
export class Tail {
  readonly ring = new Ring<Entry>(tailCapacity)
  readonly version = signal(0)
  readonly status = signal<TailStatus>('off')
  readonly paused = signal(false)
  readonly counts = signal<TailCounts>(noCounts)
  readonly reason = signal('')

  readonly #pending = new Ring<Entry>(tailCapacity)
  #socket: WebSocket | undefined
  #streams: Labels[] = []
  #received = 0
  #dropped = 0
  #overflowed = 0
  #frameAsked = false
  #rateWindow: { readonly atMs: number; readonly received: number }[] = []
  #retry: ReturnType<typeof setTimeout> | undefined
  #query = ''

  start(query: string): void {
    this.stop()
    this.ring.clear()
    this.#pending.clear()
    this.#received = 0
    this.#dropped = 0
    this.#overflowed = 0
    this.#rateWindow = []
    this.paused.value = false
    this.counts.value = noCounts
    this.#query = query
    this.#connect()
  }

  stop(): void {
    clearTimeout(this.#retry)
    const socket = this.#socket
    this.#socket = undefined
    socket?.close()
    this.status.value = 'off'
  }

  /** While paused, the lines on screen stand still and new ones wait. */
  pause(): void {
    this.paused.value = true
  }

  resume(): void {
    this.ring.take(this.#pending)
    this.paused.value = false
    this.#askFrame()
  }

  /** Forgets the lines on screen; the counters go on. */
  clearLines(): void {
    this.ring.clear()
    this.#pending.clear()
    this.#askFrame()
  }

  #connect(): void {
    this.status.value = 'connecting'
    this.#streams = []
    const address = new URL(endpoint('/girok/v1/tail', { query: this.#query }), window.location.href)
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new WebSocket(address, socketProtocols(currentToken()))
    this.#socket = socket
    let opened = false
    socket.onopen = () => {
      opened = true
      this.status.value = 'open'
      this.reason.value = ''
    }
    socket.onmessage = (event) => {
      if (this.#socket === socket) this.receive(JSON.parse(event.data as string) as TailFrame)
    }
    socket.onclose = (event) => {
      if (this.#socket !== socket) return
      this.status.value = 'closed'
      this.reason.value = event.reason
      // 1011 carries a refusal in words (a bad query, too many tails): trying again would only repeat it.
      if (event.code === 1011) return
      if (opened) this.#retry = setTimeout(() => this.#connect(), retryMs)
      else void this.#findReason(socket)
    }
  }

  /**
   * Browsers do not tell why a socket was refused before it opened. The same query as a small search does: when the
   * query is at fault, its words are shown and nothing is tried again.
   */
  async #findReason(socket: WebSocket): Promise<void> {
    const end = BigInt(Date.now()) * 1_000_000n
    try {
      await fetchLogs({ query: this.#query, start: end - 1_000_000n, end, limit: 1, direction: 'backward' })
    } catch (error) {
      if (error instanceof ApiError && error.status === 400) {
        if (this.#socket === socket) this.reason.value = error.message
        return
      }
    }
    if (this.#socket === socket) this.#retry = setTimeout(() => this.#connect(), retryMs)
  }

  /** Takes one frame of the server. */
  receive(frame: TailFrame): void {
    for (const { index, labels } of frame.streams ?? []) this.#streams[index] = labels
    const target = this.paused.peek() ? this.#pending : this.ring
    for (const [ts, stream, line, meta] of frame.entries) {
      if (target === this.#pending && target.size === target.capacity) this.#overflowed += 1
      target.push({ ts, line, labels: this.#streams[stream] ?? noLabels, meta: meta ?? noLabels, parsed: noLabels })
    }
    this.#received += frame.entries.length
    this.#dropped += frame.dropped
    this.#askFrame()
  }

  #askFrame(): void {
    if (this.#frameAsked) return
    this.#frameAsked = true
    requestAnimationFrame(() => {
      this.#frameAsked = false
      this.counts.value = {
        received: this.#received,
        dropped: this.#dropped,
        waiting: this.#pending.size,
        overflowed: this.#overflowed,
        rate: this.#rate(performance.now()),
      }
      if (!this.paused.peek()) this.version.value += 1
    })
  }

  #rate(nowMs: number): number {
    const window = this.#rateWindow
    const newest = window.at(-1)
    if (newest === undefined || nowMs - newest.atMs >= 250) window.push({ atMs: nowMs, received: this.#received })
    while (window.length > 2 && nowMs - (window[0]?.atMs ?? nowMs) > 3000) window.shift()
    const oldest = window[0]
    if (oldest === undefined || nowMs - oldest.atMs < 200) return 0
    return ((this.#received - oldest.received) * 1000) / (nowMs - oldest.atMs)
  }
}
