import { IconButton } from '../../components/button.tsx'
import { copyText } from '../../components/copy.ts'
import { t } from '../../shell/i18n.ts'
import { settingOf } from './source-state.ts'

/** A setting as each of the three places takes it, to be copied. */
export function SettingLines({ path, value }: { readonly path: string; readonly value: string }) {
  const { yaml, variable, flag } = settingOf(path, value)
  const lines = [
    [t('sources.inFile'), yaml],
    [t('sources.inEnvironment'), variable],
    [t('sources.asFlag'), flag],
  ] as const
  return (
    <table class="setting-lines">
      <tbody>
        {lines.map(([place, text]) => (
          <tr key={place}>
            <th scope="row">{place}</th>
            <td>
              <code>{text}</code>
            </td>
            <td>
              <IconButton icon="copy" label={t('sources.copy', { text: place })} onClick={() => void copyText(text)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
