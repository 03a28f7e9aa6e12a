import type { FieldsResponse } from '@girok/server/contract'
import { effect, signal, untracked } from '@preact/signals'
import { isAbort } from '../../../api/error.ts'
import { fetchFields } from '../../../api/girok.ts'
import { preference } from '../../../shell/preferences.ts'
import type { RangeNs } from '../../../time/range.ts'

/** Lines that the server looks at to find fields. */
const sampledLines = 1000

/** The field list beside the rows. Nothing is asked of the server while it is closed. */
export class FieldsData {
  readonly open = preference<'yes' | 'no'>('fields', 'yes', ['yes', 'no'])
  readonly answer = signal<FieldsResponse | undefined>(undefined)
  readonly loading = signal(false)
  readonly failed = signal('')
  #abort: AbortController | undefined
  readonly #wanted = signal<{ readonly query: string; readonly range: RangeNs } | undefined>(undefined)

  constructor() {
    effect(() => {
      const wanted = this.#wanted.value
      if (this.open.value !== 'yes' || wanted === undefined) return
      untracked(() => void this.#load(wanted.query, wanted.range))
    })
  }

  want(query: string, range: RangeNs): void {
    this.#wanted.value = { query, range }
  }

  cancel(): void {
    this.#abort?.abort()
    this.#abort = undefined
    this.loading.value = false
  }

  async #load(query: string, range: RangeNs): Promise<void> {
    this.#abort?.abort()
    const abort = new AbortController()
    this.#abort = abort
    this.loading.value = true
    try {
      const answer = await fetchFields(query, range.from, range.to, sampledLines, abort.signal)
      if (this.#abort !== abort) return
      this.answer.value = answer
      this.failed.value = ''
    } catch (error) {
      if (this.#abort !== abort || isAbort(error)) return
      this.failed.value = error instanceof Error ? error.message : String(error)
    }
    this.loading.value = false
  }
}
