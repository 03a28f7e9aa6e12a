import type { RuleLanguage } from '@girok/server/contract'
import { useSignal, useSignalEffect } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { CreateEditor } from '../../../explore/editor/handle.ts'
import { QueryBox } from '../../../explore/query-box.tsx'

const span = (): { readonly startMs: number; readonly endMs: number } => ({
  startMs: Date.now() - 3_600_000,
  endMs: Date.now(),
})

const editors: Readonly<Record<RuleLanguage, () => Promise<CreateEditor>>> = {
  promql: async () => (await import('../../../promql/editor.ts')).promqlEditor({ span, past: () => [] }),
  logql: async () => (await import('../../logs/editor/editor.ts')).createLogQLEditor,
}

interface QueryFieldProps {
  readonly language: RuleLanguage
  readonly expr: string
  readonly label: string
  readonly onChange: (expr: string) => void
  readonly onRun: () => void
}

/** The editor of a query with its colours, completion and faults. Its language does not change while it is there. */
export function QueryField({ language, expr, label, onChange, onRun }: QueryFieldProps) {
  const text = useSignal(expr)
  const latest = useMemo(() => ({ onChange, onRun }), [])
  Object.assign(latest, { onChange, onRun })
  const focus = useMemo(() => ({ current: (): void => {} }), [])
  useSignalEffect(() => latest.onChange(text.value))
  const format = async (): Promise<void> => {
    if (language === 'promql') {
      const { formatted } = await import('../../../promql/format.ts')
      text.value = formatted(text.peek()) ?? text.peek()
    }
  }
  return (
    <div class="expression-field" data-language={language}>
      <QueryBox
        draft={text}
        label={label}
        onRun={() => latest.onRun()}
        onFormat={() => void format()}
        load={editors[language]}
        focus={focus}
        rewrites={0}
      />
    </div>
  )
}
