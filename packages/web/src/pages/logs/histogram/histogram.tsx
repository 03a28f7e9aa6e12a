import { useSignal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { IconButton } from '../../../components/button.tsx'
import { n, t } from '../../../shell/i18n.ts'
import { Lazy } from '../../../shell/lazy.tsx'
import { theme } from '../../../shell/theme.ts'
import { isoOf } from '../../../time/range.ts'
import { timeTicks } from '../../../time/ticks.ts'
import { formatNs } from '../../../time/zone.ts'
import { change, histogram, logs, range, search, visibleSpan } from '../model/explorer.ts'
import { levelMarks, levels } from '../model/level.ts'
import { drawVolume, type Frame, msAt, readColours } from './draw.ts'

const loadTable = (): Promise<ComponentType> => import('./volume-table.tsx').then((m) => m.VolumeTable)

const height = 84
const axis = 16

export function Histogram() {
  const canvas = useRef<HTMLCanvasElement>(null)
  const width = useSignal(0)
  const brush = useSignal<{ from: number; to: number } | undefined>(undefined)
  const cursor = useSignal<number | undefined>(undefined)
  const asTable = useSignal(false)
  const volume = histogram.volume.value
  const shown = range.value
  const { zone } = logs.value
  const frame: Frame = {
    width: Math.max(1, width.value),
    height,
    axis,
    from: Number((shown?.from ?? 0n) / 1_000_000n),
    to: Number((shown?.to ?? 1_000_000n) / 1_000_000n),
  }

  useEffect(() => {
    const element = canvas.current?.parentElement
    if (element === null || element === undefined) return
    const observer = new ResizeObserver(() => {
      width.value = element.clientWidth
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [width, asTable.value])

  useEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (element === null || !context || width.value === 0) return
    // The theme is read here so that a change of it draws anew.
    void theme.value
    const scale = window.devicePixelRatio || 1
    element.width = Math.round(frame.width * scale)
    element.height = height * scale
    context.scale(scale, scale)
    const colours = readColours(element)
    context.font = '11px ui-monospace, Menlo, Consolas, monospace'
    const overlay = { visible: visibleSpan.value, brush: brush.value, cursor: cursor.value }
    const ticks = timeTicks(frame.from, frame.to, zone, Math.max(2, Math.floor(frame.width / 110)))
    drawVolume(context, volume, frame, colours, overlay, ticks)
  })

  const bucketAt = (x: number): number | undefined => {
    const ms = msAt(x, frame)
    const index = volume?.buckets.findIndex((bucket) => ms >= bucket.start && ms < bucket.end) ?? -1
    return index < 0 ? undefined : index
  }
  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return
    const element = event.currentTarget as HTMLElement
    element.setPointerCapture(event.pointerId)
    const at = msAt(event.offsetX, frame)
    brush.value = { from: at, to: at }
  }
  const move = (event: PointerEvent): void => {
    cursor.value = bucketAt(event.offsetX)
    const started = brush.value
    if (started !== undefined) brush.value = { from: started.from, to: msAt(event.offsetX, frame) }
  }
  const up = (): void => {
    const marked = brush.value
    brush.value = undefined
    if (marked === undefined) return
    const [from, to] = [Math.min(marked.from, marked.to), Math.max(marked.from, marked.to)]
    const pixels = ((to - from) / (frame.to - frame.from)) * frame.width
    if (pixels >= 4) zoomTo(from, to)
  }
  const keys = (event: KeyboardEvent): void => {
    const buckets = volume?.buckets ?? []
    const at = cursor.value
    const bucket = at === undefined ? undefined : buckets[at]
    if (event.key === 'ArrowRight') cursor.value = Math.min(buckets.length - 1, (at ?? -1) + 1)
    else if (event.key === 'ArrowLeft') cursor.value = Math.max(0, (at ?? buckets.length) - 1)
    else if (event.key === 'Enter' && bucket !== undefined) zoomTo(bucket.start, bucket.end)
    else return
    event.preventDefault()
  }
  const hovered = cursor.value === undefined ? undefined : volume?.buckets[cursor.value]
  const summary =
    hovered === undefined
      ? ''
      : `${formatNs(BigInt(Math.round(hovered.start)) * 1_000_000n, zone, 0)} · ${t('histogram.lines', { n: hovered.total, count: n(hovered.total) })}`
  return (
    <section class="histogram" aria-label={t('histogram.label')} aria-busy={histogram.loading.value}>
      {asTable.value ? (
        <Lazy load={loadTable} />
      ) : (
        <div class={histogram.loading.value ? 'histogram-canvas dimmed' : 'histogram-canvas'}>
          <canvas
            ref={canvas}
            tabIndex={0}
            role="img"
            aria-label={`${t('histogram.keys')} ${summary}`}
            data-testid="histogram"
            onPointerDown={down}
            onPointerMove={move}
            onPointerUp={up}
            onPointerCancel={() => {
              brush.value = undefined
            }}
            onPointerLeave={() => {
              cursor.value = undefined
            }}
            onKeyDown={keys}
            onBlur={() => {
              cursor.value = undefined
            }}
          />
          {hovered === undefined ? null : (
            <div
              class="histogram-tip"
              style={{
                left: `${Math.min(Math.max(4, ((hovered.start - frame.from) / (frame.to - frame.from)) * frame.width + 12), Math.max(4, frame.width - 230))}px`,
              }}
            >
              <strong>{summary}</strong>
              {levels
                .filter((level) => (hovered.counts[level] ?? 0) > 0)
                .map((level) => (
                  <span key={level} class={`legend level-${level}`}>
                    <i class="swatch" />
                    {levelMarks[level].word || t('level.unknown')}
                    <b>{n(hovered.counts[level] ?? 0)}</b>
                  </span>
                ))}
            </div>
          )}
          {histogram.failed.value === '' || search.error.value !== undefined ? null : (
            <p class="histogram-failed">{t('histogram.failed', { reason: histogram.failed.value })}</p>
          )}
        </div>
      )}
      <IconButton
        class="histogram-switch"
        icon={asTable.value ? 'chart' : 'table'}
        label={asTable.value ? t('histogram.asChart') : t('histogram.asTable')}
        testId="histogram-table"
        onClick={() => {
          asTable.value = !asTable.value
        }}
      />
    </section>
  )
}

function zoomTo(fromMs: number, toMs: number): void {
  const from = BigInt(Math.floor(fromMs)) * 1_000_000n
  const to = BigInt(Math.ceil(toMs)) * 1_000_000n
  change({ from: isoOf(from), to: isoOf(to > from ? to : from + 1_000_000n), at: undefined })
}
