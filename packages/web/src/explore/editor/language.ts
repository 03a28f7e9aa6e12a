import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import type { Diagnostic } from '@codemirror/lint'

/** A stretch of a query text with its colour, `q-…` of the theme; UTF-16 places, the end exclusive. */
export interface ColouredStretch {
  readonly start: number
  readonly end: number
  readonly kind: string
}

/** What a word of a language does, for people. */
export interface WordDoc {
  readonly signature: string
  readonly text: string
  readonly example: string
}

/** A word of the language at a place of a text. */
export interface DocumentedWord {
  readonly doc: WordDoc
  readonly from: number
  readonly to: number
}

/** A query language as the editor needs it: everything works on broken texts as well. */
export interface QueryLanguage {
  /** In order of place. */
  colours(text: string): readonly ColouredStretch[]
  complete(context: CompletionContext): Promise<CompletionResult | null>
  /** What parser and checks say against a text. */
  faults(text: string): Diagnostic[]
  wordAt(text: string, at: number): DocumentedWord | undefined
  /** Queries that were run before, newest first. */
  past(): readonly string[]
}
