import type { ShownPanel } from '../model/repeat.ts'
import type { PanelContent } from './content.ts'

/** What every kind of panel is given. */
export interface PanelBodyProps {
  readonly shown: ShownPanel
  readonly content: PanelContent
  /** Alone on the page: with more beside the drawing. */
  readonly solo: boolean
  /** The panel's name, variables filled in. */
  readonly title: string
}
