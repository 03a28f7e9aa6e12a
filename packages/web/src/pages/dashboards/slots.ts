import type { Load } from '../../shell/lazy.tsx'
import { EditButton, EditPlace, NewButton } from './edit/entry.tsx'
import { ImportButton } from './edit/import/import-button.tsx'

/** Places of these pages that editing fills; its code and texts come in chunks of their own. */
export interface Slots {
  /** Beside the heading of the list: a new dashboard, an import. */
  readonly list: readonly Load[]
  /** At the end of the title bar of a dashboard. */
  readonly title: readonly Load[]
  /** Between the bars and the panels. */
  readonly bar: readonly Load[]
}

export const slots: Slots = {
  list: [async () => NewButton, async () => ImportButton],
  title: [async () => EditButton],
  bar: [async () => EditPlace],
}
