import { signal } from '@preact/signals'
import type { Asked } from './add-panel.ts'

/** The query that is to become a panel, while the dialog asks where; undefined otherwise. */
export const adding = signal<Asked | undefined>(undefined)
