import { t } from '../../shell/i18n.ts'
import { formatNs } from '../../time/zone.ts'
import { setup } from './setup-data.ts'

/** "Nothing arrived?": the last requests that were refused, with the reason of each. */
export function Rejected() {
  const list = setup.value?.rejected ?? []
  return (
    <section class="card" aria-labelledby="rejected-title">
      <h2 id="rejected-title">{t('setup.rejected')}</h2>
      {list.length === 0 ? (
        <p class="dim">{t('setup.rejectedNone')}</p>
      ) : (
        <table class="rejected" data-testid="rejected">
          <thead>
            <tr>
              <th scope="col">{t('setup.time')}</th>
              <th scope="col">{t('setup.receiver')}</th>
              <th scope="col">{t('setup.status')}</th>
              <th scope="col">{t('setup.reason')}</th>
            </tr>
          </thead>
          <tbody>
            {list.map((one) => (
              <tr key={`${one.atMs} ${one.receiver} ${one.reason}`}>
                <td class="mono">{formatNs(BigInt(one.atMs) * 1_000_000n, 'local', 0)}</td>
                <td>{one.receiver}</td>
                <td>{one.status}</td>
                <td>{one.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
