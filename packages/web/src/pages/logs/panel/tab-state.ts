import { signal } from '@preact/signals'

export type PanelTab = 'overview' | 'json' | 'raw' | 'context'
export const panelTabs: readonly PanelTab[] = ['overview', 'json', 'raw', 'context']

/** Tab of the side panel; it stays while one walks through the rows. */
export const panelTab = signal<PanelTab>('overview')
