import type { Signal } from '@preact/signals'
import { Button } from '../components/button.tsx'
import { t } from '../shell/i18n.ts'

/** Says that no entry of a list fits what is looked for, and shows all of them again when asked. */
export function NoMatch(props: { readonly words: string; readonly search: Signal<string>; readonly testId: string }) {
  return (
    <div class="card sources-none" data-testid={props.testId}>
      <p>{props.words}</p>
      <Button
        label={t('sources.showAll')}
        onClick={() => {
          props.search.value = ''
        }}
      />
    </div>
  )
}
