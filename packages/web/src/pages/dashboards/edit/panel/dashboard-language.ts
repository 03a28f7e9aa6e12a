import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { tokenizeForHighlight } from '@girok/query'
import { highlightPromQL } from '@girok/query/promql'
import type { QueryLanguage } from '@girok/server/contract'
import { createEditor } from '../../../../explore/editor/create-editor.ts'
import type { CreateEditor } from '../../../../explore/editor/handle.ts'
import type { QueryLanguage as EditorLanguage } from '../../../../explore/editor/language.ts'
import { underlined } from '../../../../explore/editor/underlined.ts'
import { completer } from '../../../../promql/complete.ts'
import { knownNames } from '../../../../promql/known-names.ts'
import { wordAt } from '../../../../promql/word-at.ts'
import { completeQuery } from '../../../logs/editor/complete.ts'
import { wordAt as logWordAt } from '../../../logs/editor/word-at.ts'
import { dashboard, range } from '../../model/dashboard-state.ts'
import { queryFault } from './stand-ins.ts'

const builtIn = ['__rate_interval', '__interval', '__range']

function span(): { readonly startMs: number; readonly endMs: number } {
  const shown = range.peek()
  if (shown === undefined) return { startMs: Date.now() - 3_600_000, endMs: Date.now() }
  return { startMs: Number(shown.from / 1_000_000n), endMs: Number(shown.to / 1_000_000n) }
}

type Complete = EditorLanguage['complete']

/** Behind a `$` the variables of the dashboard, else what the language offers. */
const withVariables =
  (complete: Complete): Complete =>
  async (context: CompletionContext): Promise<CompletionResult | null> => {
    const typed = context.matchBefore(/\$\w*/)
    if (typed === null) return complete(context)
    const own = (dashboard.peek()?.variables ?? []).map(({ name }) => name)
    const options = [...own, ...builtIn].map((name): Completion => ({ label: `$${name}`, type: 'value' }))
    return { from: typed.from, options, validFor: /^\$\w*$/ }
  }

const languages: Readonly<Record<QueryLanguage, Pick<EditorLanguage, 'colours' | 'complete' | 'wordAt'>>> = {
  promql: { colours: highlightPromQL, complete: completer(knownNames(span)), wordAt },
  logql: { colours: tokenizeForHighlight, complete: completeQuery, wordAt: logWordAt },
}

/** What puts an editor of queries of dashboards into an element: they may hold variables. */
export function dashboardEditor(language: QueryLanguage): CreateEditor {
  const { colours, complete, wordAt } = languages[language]
  return createEditor({
    colours,
    complete: withVariables(complete),
    wordAt,
    faults: (text) => {
      const fault = queryFault(language, text)
      return fault === undefined ? [] : [underlined(text, fault.message, fault.line, fault.column)]
    },
    past: () => [],
  })
}
