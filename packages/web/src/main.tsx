import { render } from 'preact'
import './styles/index.css'
import { App } from './shell/app.tsx'
import { startMessages } from './shell/i18n.ts'
import { startKeys } from './shell/keys.ts'
import { applyTheme } from './shell/theme.ts'

applyTheme()
startKeys()
await startMessages()
const root = document.getElementById('app')
if (root !== null) {
  // The header of index.html stands in until here, so that the first paint does not wait for scripts.
  root.replaceChildren()
  render(<App />, root)
}
