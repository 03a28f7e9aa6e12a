import { endpoint } from '../../../api/client.ts'
import type { Entry } from '../../../api/entry.ts'
import { currentToken } from '../../../api/token.ts'
import { IconButton } from '../../../components/button.tsx'
import { copyText } from '../../../components/copy.ts'
import { MenuItem, Popover } from '../../../components/popover.tsx'
import { t } from '../../../shell/i18n.ts'
import { change, logs, opened } from '../model/explorer.ts'
import { levelMarks, levelOf } from '../model/level.ts'
import { isSample } from '../model/sample.ts'
import { permalinkOf } from '../permalink.ts'
import { selectorOf } from '../query/rewrite.ts'
import { moveRow } from '../rows/row-keys.ts'
import { block } from '../rows/visible-text.ts'
import { shellQuote } from '../toolbar/curl.ts'
import { Context } from './context.tsx'
import { JsonTree } from './json-tree.tsx'
import { Overview } from './overview.tsx'
import { panelTab, panelTabs } from './tab-state.ts'

/** A record as one JSON object, in the shape of the NDJSON export. */
export function recordJson(entry: Entry): string {
  const labels = { ...entry.labels, ...entry.meta, ...entry.parsed }
  return JSON.stringify({ timestamp: entry.ts, labels, line: entry.line }, null, 2)
}

function curl(entry: Entry): string {
  const start = BigInt(entry.ts)
  const path = endpoint('/loki/api/v1/query_range', {
    query: selectorOf(logs.peek().query),
    start: String(start),
    end: String(start + 1n),
  })
  const header = currentToken() === undefined ? '' : ` -H "Authorization: Bearer $GIROK_TOKEN"`
  return `curl -fsS${header} ${shellQuote(new URL(path, window.location.href).href)}`
}

function close(): void {
  opened.value = undefined
  if (logs.peek().at !== undefined) change({ at: undefined }, true)
}

/** The side panel of one record. */
export function RowPanel() {
  const entry = opened.value
  const tab = panelTab.value
  if (entry === undefined) return null
  const level = levelOf(entry)
  return (
    <div class="panel-box" data-testid="panel">
      <header class="panel-head">
        <span class={`badge level-${level}`}>
          <span class="glyph" aria-hidden="true">
            {levelMarks[level].glyph}
          </span>
          {levelMarks[level].word || t('level.unknown')}
        </span>
        <span class="panel-service">{entry.labels.service_name ?? ''}</span>
        {isSample(entry) ? <span class="pill">{t('panel.sample')}</span> : null}
        <span class="spring" />
        <IconButton icon="up" label={t('panel.previous')} shortcut="up" onClick={() => moveRow(-1)} />
        <IconButton icon="down" label={t('panel.next')} shortcut="down" onClick={() => moveRow(1)} />
        <IconButton
          icon="link"
          label={t('panel.permalink')}
          shortcut="permalink"
          testId="permalink"
          onClick={() => void copyText(permalinkOf(entry))}
        />
        <Popover label={t('panel.copy')} icon="copy" align="end" testId="copy-menu">
          {(done) => {
            const copy = (text: string) => () => {
              void copyText(text)
              done()
            }
            return (
              <div class="menu">
                <MenuItem label={t('panel.copyLine')} hint="y" onClick={copy(entry.line)} />
                <MenuItem label={t('panel.copyJson')} onClick={copy(recordJson(entry))} />
                <MenuItem label={t('panel.copyCurl')} testId="copy-curl" onClick={copy(curl(entry))} />
                <MenuItem label={t('panel.permalink')} hint="Y" onClick={copy(permalinkOf(entry))} />
              </div>
            )
          }}
        </Popover>
        <IconButton icon="close" label={t('action.close')} shortcut="escape" testId="panel-close" onClick={close} />
      </header>
      <div class="tabs" role="tablist" onKeyDown={walkTabs}>
        {panelTabs.map((one) => (
          <button
            key={one}
            type="button"
            role="tab"
            class="tab"
            id={`tab-${one}`}
            aria-selected={tab === one}
            aria-controls="panel-content"
            tabIndex={tab === one ? 0 : -1}
            data-testid={`tab-${one}`}
            onClick={() => {
              panelTab.value = one
            }}
          >
            {t(`panel.tab.${one}`)}
          </button>
        ))}
      </div>
      <div class="panel-content" id="panel-content" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0}>
        {tab === 'overview' ? <Overview entry={entry} /> : null}
        {tab === 'json' ? <JsonTree line={entry.line} /> : null}
        {tab === 'raw' ? (
          <pre class="raw" dir="ltr" data-testid="raw">
            {block(entry.line)}
          </pre>
        ) : null}
        {tab === 'context' ? <Context entry={entry} /> : null}
      </div>
    </div>
  )
}

function walkTabs(event: KeyboardEvent): void {
  const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
  if (by === 0) return
  const next = (panelTabs.indexOf(panelTab.peek()) + by + panelTabs.length) % panelTabs.length
  panelTab.value = panelTabs[next] ?? 'overview'
  document.getElementById(`tab-${panelTab.peek()}`)?.focus()
  event.preventDefault()
}
