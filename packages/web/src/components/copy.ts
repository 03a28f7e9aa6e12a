import { t } from '../shell/i18n.ts'
import { toast } from './toast.tsx'

/** Copies a text and says so. Pages that are not served from localhost or by TLS have no clipboard API: a hidden field serves them. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) {
    await navigator.clipboard.writeText(text)
  } else {
    const field = document.createElement('textarea')
    field.value = text
    field.className = 'offscreen'
    document.body.append(field)
    field.select()
    document.execCommand('copy')
    field.remove()
  }
  toast(t('copied'))
}
