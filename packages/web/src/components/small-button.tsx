import { Icon, type IconName } from './icon.tsx'

interface SmallButtonProps {
  readonly icon: IconName
  readonly label: string
  readonly testId?: string
  readonly pressed?: boolean
  readonly onClick: () => void
}

/** A button for the narrow places of lists; its words are the tooltip and the accessible name. */
export function SmallButton({ icon, label, testId, pressed, onClick }: SmallButtonProps) {
  return (
    <button
      type="button"
      class="small-button"
      title={label}
      aria-label={label}
      aria-pressed={pressed}
      data-testid={testId}
      onClick={onClick}
    >
      <Icon name={icon} size={14} />
    </button>
  )
}
