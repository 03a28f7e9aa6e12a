import { useMemo } from 'preact/hooks'
import { n, t } from '../../../../shell/i18n.ts'
import { diffLines, nearChanges } from './line-diff.ts'

const signs = { same: ' ', removed: '−', added: '+' } as const

/** Two texts line by line; what differs has a colour and a sign. */
export function DiffView({ before, after }: { readonly before: string; readonly after: string }) {
  const lines = useMemo(() => diffLines(before, after), [before, after])
  const parts = useMemo(() => nearChanges(lines), [lines])
  const [added, removed] = (['added', 'removed'] as const).map(
    (kind) => lines.filter((one) => one.kind === kind).length,
  )
  return (
    <div class="diff" data-testid="diff">
      <p role="status" data-testid="diff-sum">
        {added === 0 && removed === 0
          ? t('editing.noDifference')
          : t('editing.difference', { added: n(added ?? 0), removed: n(removed ?? 0) })}
      </p>
      <div class="diff-lines" tabIndex={0} role="region" aria-label={t('editing.diff')} dir="ltr">
        {parts.map((part, index) =>
          'skipped' in part ? (
            <p key={index} class="diff-skipped">
              {t('editing.skipped', { n: part.skipped, count: n(part.skipped) })}
            </p>
          ) : (
            <ol key={index}>
              {part.lines.map(({ kind, text, before, after }, at) => (
                <li key={at} class={`diff-line ${kind}`} data-kind={kind}>
                  <span class="diff-number">{before ?? after}</span>
                  <span class="diff-sign">{signs[kind]}</span>
                  <code>{text}</code>
                </li>
              ))}
            </ol>
          ),
        )}
      </div>
    </div>
  )
}
