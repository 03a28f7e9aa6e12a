import { n, t } from '../../../shell/i18n.ts'
import { formatNs } from '../../../time/zone.ts'
import { histogram, logs } from '../model/explorer.ts'
import { levelMarks, levels } from '../model/level.ts'

/** The histogram in numbers, for those who do not see it and those who want them. */
export function VolumeTable() {
  const volume = histogram.volume.value
  const { zone } = logs.value
  const present = levels.filter((level) => volume?.buckets.some((bucket) => (bucket.counts[level] ?? 0) > 0))
  return (
    <div class="volume-table" tabIndex={0} role="region" aria-label={t('histogram.label')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('rows.time')}</th>
            {present.map((level) => (
              <th key={level} scope="col" class={`level-${level}`}>
                {levelMarks[level].word || t('level.unknown')}
              </th>
            ))}
            <th scope="col">{t('histogram.total')}</th>
          </tr>
        </thead>
        <tbody>
          {(volume?.buckets ?? []).map((bucket) => (
            <tr key={bucket.start}>
              <th scope="row">{formatNs(BigInt(Math.round(bucket.start)) * 1_000_000n, zone, 0)}</th>
              {present.map((level) => (
                <td key={level}>{n(bucket.counts[level] ?? 0)}</td>
              ))}
              <td>{n(bucket.total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
