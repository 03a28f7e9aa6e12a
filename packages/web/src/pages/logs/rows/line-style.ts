import { preference } from '../../../shell/preferences.ts'

/** How JSON lines are shown: the message first and the fields after it, or as they were written. */
export const lineStyle = preference<'readable' | 'written'>('lines', 'readable', ['readable', 'written'])

export function toggleLineStyle(): void {
  lineStyle.value = lineStyle.peek() === 'readable' ? 'written' : 'readable'
}
