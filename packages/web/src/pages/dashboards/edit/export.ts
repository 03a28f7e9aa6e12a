import type { Dashboard } from '@girok/server/contract'

/** A dashboard as files under version control hold it. */
export function jsonOf(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`
}

/** Name of a file for a title: what file systems do not take becomes a dash; letters of all scripts stay. */
export function fileName(title: string): string {
  const name = title
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  return `${name === '' ? 'dashboard' : name}.json`
}

export function downloadJson(dashboard: Dashboard): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([jsonOf(dashboard)], { type: 'application/json' }))
  link.download = fileName(dashboard.title)
  link.click()
  // The browser has taken the address over when the click returns; holding it any longer would hold the text.
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}
