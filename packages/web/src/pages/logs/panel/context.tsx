import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { compareTs, type Entry, type Labels } from '../../../api/entry.ts'
import { fetchLogs } from '../../../api/loki.ts'
import { Button } from '../../../components/button.tsx'
import { t } from '../../../shell/i18n.ts'
import { formatNs } from '../../../time/zone.ts'
import { logs, opened } from '../model/explorer.ts'
import { levelMarks, levelOf } from '../model/level.ts'
import { identity } from '../model/page-merge.ts'
import { quote } from '../query/scan.ts'
import { oneLine } from '../rows/visible-text.ts'

const linesEachWay = 50
const dayNs = 86_400_000_000_000n

/** Labels that must not narrow the context: the lines round an error are mostly of another level. */
const neverKept = new Set(['level', 'detected_level', 'severity', 'girok_sample'])

export function contextSelector(labels: Labels, dropped: ReadonlySet<string>): string {
  const kept = Object.entries(labels).filter(([name]) => !neverKept.has(name) && !dropped.has(name))
  const text = kept.map(([name, value]) => `${name}=${quote(value)}`).join(', ')
  return text === '' ? '{service_name=~".+"}' : `{${text}}`
}

/** The lines before and after a record in its stream; every label is a switch that widens the stream. */
export function Context({ entry }: { readonly entry: Entry }) {
  const dropped = useSignal<ReadonlySet<string>>(new Set())
  const wanted = useSignal(linesEachWay)
  const lines = useSignal<readonly Entry[]>([])
  const state = useSignal<'loading' | 'ready' | { readonly failed: string }>('loading')
  const box = useRef<HTMLDivElement>(null)
  const { zone } = logs.value
  const selector = contextSelector(entry.labels, dropped.value)
  const own = identity(entry)

  useEffect(() => {
    const abort = new AbortController()
    state.value = 'loading'
    const at = BigInt(entry.ts)
    const base = { query: selector, limit: wanted.value }
    Promise.all([
      fetchLogs({ ...base, start: at - dayNs, end: at, direction: 'backward' }, abort.signal),
      fetchLogs({ ...base, limit: wanted.value + 1, start: at, end: at + dayNs, direction: 'forward' }, abort.signal),
    ]).then(
      ([before, after]) => {
        lines.value = [...before.entries.reverse(), ...after.entries].sort((a, b) => compareTs(a.ts, b.ts))
        state.value = 'ready'
      },
      (error: unknown) => {
        if (!abort.signal.aborted) state.value = { failed: error instanceof Error ? error.message : String(error) }
      },
    )
    return () => abort.abort()
  }, [own, selector, wanted.value])

  useEffect(() => {
    if (state.value === 'ready') box.current?.querySelector('.own')?.scrollIntoView({ block: 'center' })
  }, [state.value, own])

  const toggle = (name: string): void => {
    const next = new Set(dropped.value)
    if (!next.delete(name)) next.add(name)
    dropped.value = next
  }
  return (
    <div class="context">
      <div class="chips" role="group" aria-label={t('context.labels')}>
        {Object.entries(entry.labels)
          .filter(([name]) => !neverKept.has(name))
          .map(([name, value]) => (
            <button
              key={name}
              type="button"
              class="chip"
              aria-pressed={!dropped.value.has(name)}
              title={t('context.toggle')}
              onClick={() => toggle(name)}
            >
              {`${name}=${oneLine(value)}`}
            </button>
          ))}
      </div>
      {typeof state.value === 'object' ? (
        <p class="fault" role="alert">
          {state.value.failed}
        </p>
      ) : null}
      <div ref={box} class={state.value === 'loading' ? 'context-lines dimmed' : 'context-lines'} data-testid="context">
        {lines.value.map((line, index) => {
          const level = levelOf(line)
          const isOwn = identity(line) === own
          return (
            <button
              type="button"
              key={index}
              class={`context-line level-${level}${isOwn ? ' own' : ''}`}
              aria-current={isOwn ? 'true' : undefined}
              onClick={() => {
                opened.value = line
              }}
            >
              <span class="glyph" aria-hidden="true">
                {levelMarks[level].glyph}
              </span>
              <span class="dim">{formatNs(line.ts, zone).slice(11)}</span> <span dir="ltr">{oneLine(line.line)}</span>
            </button>
          )
        })}
      </div>
      <div class="form-end">
        <Button
          label={t('context.more')}
          onClick={() => {
            wanted.value = Math.min(1000, wanted.value * 2)
          }}
        />
      </div>
    </div>
  )
}
