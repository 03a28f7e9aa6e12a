import { computed, effect, signal } from '@preact/signals'
import { preference } from './preferences.ts'

export type ThemeChoice = 'system' | 'dark' | 'light'
export const themeChoices: readonly ThemeChoice[] = ['system', 'dark', 'light']

export const themeChoice = preference<ThemeChoice>('theme', 'system', themeChoices)

const systemDark = window.matchMedia('(prefers-color-scheme: dark)')
const prefersDark = signal(systemDark.matches)
systemDark.addEventListener('change', (event) => {
  prefersDark.value = event.matches
})

/** The theme in force. Canvas drawings read it to redraw with the other colours. */
export const theme = computed<'dark' | 'light'>(() => {
  if (themeChoice.value !== 'system') return themeChoice.value
  return prefersDark.value ? 'dark' : 'light'
})

export type Density = 'compact' | 'default' | 'comfortable'
export const densities: readonly Density[] = ['compact', 'default', 'comfortable']
export const density = preference<Density>('density', 'default', densities)

/** Height of a row in pixels; the style sheet holds the same numbers. */
export const rowHeight = computed(() => ({ compact: 18, default: 20, comfortable: 24 })[density.value])

export function applyTheme(): void {
  effect(() => {
    document.documentElement.dataset.theme = theme.value
    document.documentElement.dataset.density = density.value
  })
}
