import { useSignal } from '@preact/signals'
import type { MetricMeta } from '../../api/prometheus.ts'
import { Button } from '../../components/button.tsx'
import { SmallButton } from '../../components/small-button.tsx'
import { firstQuery, metaOf } from '../../promql/metric-kind.ts'
import { t } from '../../shell/i18n.ts'
import { catalogue, rewrite } from './model.ts'
import { SeriesLabels } from './series-labels.tsx'

/** Types that exposition formats and remote write know, apart from `unknown`. */
const known = ['counter', 'gauge', 'histogram', 'gaugehistogram', 'summary', 'info', 'stateset'] as const

const noMeta: ReadonlyMap<string, MetricMeta> = new Map()

/** A metric of the list: a button that asks for it, and, opened, what is known of it and its labels. */
export function MetricItem({ name }: { readonly name: string }) {
  // Thousands of closed metrics would weigh on the page: only an open one has a body, and asks for its labels.
  const open = useSignal(false)
  const meta = metaOf(name, catalogue.meta.answer.value ?? noMeta)
  const query = firstQuery(name, meta)
  const type = known.find((one) => one === meta?.type)
  return (
    <div class="metric-item">
      <details
        class="field-item"
        data-testid={`metric-${name}`}
        onToggle={(event) => {
          open.value = event.currentTarget.open
        }}
      >
        <summary title={meta?.help || name}>
          <span class="field-item-name" dir="ltr">
            {name}
          </span>
        </summary>
        {open.value ? (
          <div class="field-item-body">
            <p class="metric-help">{meta?.help || <span class="dim">{t('metrics.noHelp')}</span>}</p>
            <p class="hint">
              {type === undefined ? t('metrics.type.unknown') : t(`metrics.type.${type}`)}
              {meta?.unit ? ` · ${t('metrics.unit', { unit: meta.unit })}` : ''}
            </p>
            <Button icon="play" label={t('metrics.useDo')} testId={`run-${name}`} onClick={() => rewrite(query)} />
            <code class="metric-query" dir="ltr">
              {query}
            </code>
            <SeriesLabels metric={name} />
          </div>
        ) : null}
      </details>
      <SmallButton
        icon="play"
        label={t('metrics.use', { name })}
        testId={`use-${name}`}
        onClick={() => rewrite(query)}
      />
    </div>
  )
}
