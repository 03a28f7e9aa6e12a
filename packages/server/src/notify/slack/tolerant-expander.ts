import type { ExpandOption } from '../expand-option.ts'

/** An expander that does not fail, and what it could not expand. */
export interface TolerantExpander {
  readonly expand: ExpandOption
  /** Why the first template that failed did; undefined when none did. */
  fault(): string | undefined
}

/**
 * Texts of a message that is rather sent with gaps than not at all: where a template fails, it and those that are expanded
 * after it are empty. So does Alertmanager 0.33 with Slack.
 */
export function tolerantExpander(expand: ExpandOption): TolerantExpander {
  let fault: string | undefined
  return {
    expand(option, source) {
      if (fault !== undefined) return ''
      try {
        return expand(option, source)
      } catch (error) {
        fault = (error as Error).message
        return ''
      }
    },
    fault: () => fault,
  }
}
