import { CheckField, TextField } from '../../../components/form-fields.tsx'
import { locale, t } from '../../../shell/i18n.ts'
import { type SilenceDraft, type Weekday, weekdays } from './silence-draft.ts'

/** A day of the week by its short name; 2024-01-01 was a Monday. */
function dayName(day: Weekday): string {
  const format = new Intl.DateTimeFormat(locale(), { weekday: 'short', timeZone: 'UTC' })
  return format.format(Date.UTC(2024, 0, 1 + weekdays.indexOf(day)))
}

interface RecurrenceFieldsProps {
  readonly draft: SilenceDraft
  readonly wrong: boolean
  readonly onChange: (change: Partial<SilenceDraft>) => void
}

/** On which days and at which times a silence is in force between its start and its end. */
export function RecurrenceFields({ draft, wrong, onChange }: RecurrenceFieldsProps) {
  const { recurring, days, timeFrom, timeTo, zone, otherSpans } = draft
  const toggle = (day: Weekday): void =>
    onChange({ days: weekdays.filter((one) => (one === day ? !days.includes(day) : days.includes(one))) })
  return (
    <fieldset class="recurrence">
      <CheckField
        label={t('alerts.silences.recurring')}
        value={recurring}
        testId="silence-recurring"
        onChange={(next) => onChange({ recurring: next })}
      />
      {!recurring ? null : otherSpans !== undefined ? (
        <p class="hint">
          {t('alerts.silences.otherSpans')} <code>{JSON.stringify(otherSpans)}</code>
        </p>
      ) : (
        <>
          <div class="segments" role="group" aria-label={t('alerts.silences.days')}>
            {weekdays.map((day) => (
              <button
                key={day}
                type="button"
                class="segment"
                aria-pressed={days.includes(day)}
                data-testid={`day-${day}`}
                onClick={() => toggle(day)}
              >
                {dayName(day)}
              </button>
            ))}
          </div>
          <p class="hint">{days.length === 0 ? t('alerts.silences.everyDay') : ''}</p>
          <div class="form-grid">
            <TextField
              label={t('alerts.silences.timeFrom')}
              value={timeFrom}
              mono
              testId="silence-time-from"
              fault={wrong ? t('alerts.silences.badClock') : undefined}
              onChange={(next) => onChange({ timeFrom: next.trim() })}
            />
            <TextField
              label={t('alerts.silences.timeTo')}
              value={timeTo}
              mono
              testId="silence-time-to"
              onChange={(next) => onChange({ timeTo: next.trim() })}
            />
            <TextField
              label={t('alerts.silences.zone')}
              value={zone}
              mono
              testId="silence-zone"
              onChange={(next) => onChange({ zone: next.trim() })}
            />
          </div>
        </>
      )}
    </fieldset>
  )
}
