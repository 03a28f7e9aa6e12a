import { copyText } from '../components/copy.ts'
import { toast } from '../components/toast.tsx'
import { t } from '../shell/i18n.ts'
import type { ChartFrame } from './frame.ts'

function csvCell(text: string): string {
  // Spreadsheets run what begins like a formula: a quote before it keeps a label from being one.
  const safe = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Times down, series across; times in RFC 3339, a gap is an empty cell. */
export function csvOf({ times, series }: ChartFrame): string {
  const lines = [['time', ...series.map(({ name }) => csvCell(name))].join(',')]
  for (const [at, seconds] of times.entries()) {
    const time = new Date(seconds * 1000).toISOString()
    lines.push([time, ...series.map(({ values }) => String(values[at] ?? ''))].join(','))
  }
  return `${lines.join('\n')}\n`
}

export function copyCsv(frame: ChartFrame): Promise<void> {
  return copyText(csvOf(frame))
}

/** Copies a picture; where the browser cannot, it is downloaded. */
export async function copyPicture(canvas: HTMLCanvasElement): Promise<void> {
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'))
  if (blob === null) {
    toast(t('charts.pictureFailed'))
    return
  }
  try {
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })])
    toast(t('copied'))
  } catch {
    // Without TLS and in some browsers pages may not put pictures on the clipboard.
    const link = document.createElement('a')
    link.href = URL.createObjectURL(blob)
    link.download = 'girok-chart.png'
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  }
}
