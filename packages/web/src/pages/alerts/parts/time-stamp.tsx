import { locale } from '../../../shell/i18n.ts'
import { relativeText } from '../../../time/words.ts'
import { fullTime } from './full-time.ts'

/** How long ago or ahead a time is, with the time itself behind it. */
export function TimeStamp({ iso }: { readonly iso: string }) {
  const ms = Date.parse(iso)
  return (
    <time dateTime={iso} title={fullTime(iso)}>
      {Number.isNaN(ms) ? iso : relativeText(ms, Date.now(), locale())}
    </time>
  )
}
