import { useEffect } from 'preact/hooks'
import { contact } from '../api/client.ts'
import { fetchStatus } from '../api/girok.ts'
import { relativeText } from '../time/words.ts'
import { locale, t } from './i18n.ts'

/** Says that the server does not answer, and asks again every two seconds until it does. */
export function OfflineBanner() {
  const { lost, lastMs } = contact.value
  useEffect(() => {
    if (!lost) return
    const timer = setInterval(() => {
      fetchStatus().catch(() => {
        // Still away: the banner stays and the next tick asks again.
      })
    }, 2000)
    return () => clearInterval(timer)
  }, [lost])
  if (!lost) return null
  return (
    <div class="banner" role="alert">
      {t('offline', { when: relativeText(lastMs, Date.now(), locale()) })}
    </div>
  )
}
