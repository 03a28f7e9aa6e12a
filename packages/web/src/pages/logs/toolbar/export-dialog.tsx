import type { ExportFormat } from '@girok/server/contract'
import { useSignal } from '@preact/signals'
import { endpoint, request } from '../../../api/client.ts'
import { currentToken } from '../../../api/token.ts'
import { Button } from '../../../components/button.tsx'
import { copyText } from '../../../components/copy.ts'
import { Dialog } from '../../../components/dialog.tsx'
import { Icon } from '../../../components/icon.tsx'
import { n, t } from '../../../shell/i18n.ts'
import { zoneName } from '../../../time/zone.ts'
import { fields, histogram, logs, range } from '../model/explorer.ts'
import { withParser } from '../query/rewrite.ts'
import { curlOf } from './curl.ts'
import { exporting } from './export-state.ts'

function close(): void {
  exporting.value = false
}

export function ExportDialog() {
  const format = useSignal<ExportFormat>('ndjson')
  const progress = useSignal('')
  const abort = useSignal<AbortController | undefined>(undefined)
  const { query, columns, zone } = logs.value
  const shown = range.value
  // A column that is read from the line needs its parser on the server as well.
  const origins = columns.map(({ name }) => fields.answer.value?.fields.find((field) => field.name === name)?.origin)
  const asked = origins.reduce<string>(
    (text, origin) => (origin === undefined ? text : withParser(text, origin)),
    query,
  )
  const address = endpoint('/girok/v1/export', {
    query: asked,
    start: shown === undefined ? undefined : String(shown.from),
    end: shown === undefined ? undefined : String(shown.to),
    format: format.value,
    columns: columns.length === 0 ? undefined : columns.map((column) => column.name).join(','),
    tz: zoneName(zone),
  })
  const file = `girok-logs.${format.value}`
  const token = currentToken()
  const volume = histogram.volume.value

  /** With a token the browser cannot follow a plain link: the page fetches the stream itself. */
  const fetchFile = async (): Promise<void> => {
    const controller = new AbortController()
    abort.value = controller
    try {
      const path = address.slice(endpoint('').length)
      const response = await request(path, { signal: controller.signal })
      const parts: Uint8Array<ArrayBuffer>[] = []
      let bytes = 0
      const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader()
      for (let step = await reader.read(); !step.done; step = await reader.read()) {
        parts.push(step.value)
        bytes += step.value.length
        progress.value = t('export.progress', { size: n(bytes / 1e6, 1) })
      }
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob(parts))
      link.download = file
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
    } catch (error) {
      if (!controller.signal.aborted) progress.value = error instanceof Error ? error.message : String(error)
      else progress.value = ''
    }
    abort.value = undefined
  }
  return (
    <Dialog title={t('export.title')} onClose={close}>
      <div class="form">
        <p>
          {volume === undefined
            ? t('export.summary')
            : t('export.summaryCount', { n: volume.total, count: `${volume.exact ? '' : '≈ '}${n(volume.total)}` })}
        </p>
        <code class="query-preview">{asked}</code>
        <fieldset class="segments" aria-label={t('export.format')}>
          {(['ndjson', 'csv'] as const).map((one) => (
            <button
              key={one}
              type="button"
              class="segment"
              aria-pressed={format.value === one}
              data-testid={`export-${one}`}
              onClick={() => {
                format.value = one
              }}
            >
              {one === 'ndjson' ? 'NDJSON' : 'CSV'}
            </button>
          ))}
        </fieldset>
        <p class="hint">{format.value === 'csv' ? t('export.csvHint') : t('export.ndjsonHint')}</p>
        <p class="hint" role="status">
          {progress.value}
        </p>
        <div class="form-end">
          <Button
            icon="copy"
            label={t('export.curl')}
            testId="export-curl"
            onClick={() =>
              void copyText(curlOf(new URL(address, window.location.href).href, file, token !== undefined))
            }
          />
          {abort.value !== undefined ? (
            <Button label={t('action.cancel')} onClick={() => abort.value?.abort()} />
          ) : token === undefined ? (
            <a class="button primary" href={address} download={file} data-testid="export-link">
              <Icon name="export" />
              <span>{t('export.download')}</span>
            </a>
          ) : (
            <Button kind="primary" icon="export" label={t('export.download')} onClick={() => void fetchFile()} />
          )}
        </div>
      </div>
    </Dialog>
  )
}
