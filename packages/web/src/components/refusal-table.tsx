import { t } from '../shell/i18n.ts'
import { formatNs } from '../time/zone.ts'

interface RefusalTableProps {
  readonly refusals: readonly {
    readonly atMs: number
    readonly status: number
    readonly reason: string
    /** Shown as a column when the first has one. */
    readonly receiver?: string
  }[]
  readonly testId: string
}

/** Refused requests, newest first, with the reason of each. */
export function RefusalTable({ refusals, testId }: RefusalTableProps) {
  const named = refusals[0]?.receiver !== undefined
  return (
    <table class="rejected" data-testid={testId}>
      <thead>
        <tr>
          <th scope="col">{t('setup.time')}</th>
          {named ? <th scope="col">{t('setup.receiver')}</th> : null}
          <th scope="col">{t('setup.status')}</th>
          <th scope="col">{t('setup.reason')}</th>
        </tr>
      </thead>
      <tbody>
        {refusals.map(({ atMs, receiver, status, reason }) => (
          <tr key={`${atMs} ${receiver} ${reason}`}>
            <td class="mono">{formatNs(BigInt(atMs) * 1_000_000n, 'local', 0)}</td>
            {named ? <td>{receiver}</td> : null}
            <td>{status}</td>
            <td>{reason}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
