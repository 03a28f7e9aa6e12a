import type { Stage } from '@girok/query'
import type { IndexedStream } from '../../store/store.ts'

/** What makes labels of a line: a parser that takes all fields of the stored line, or anything else. */
export type Parser = 'json' | 'logfmt' | 'other'

/** What is known about a row at one point of a pipeline. */
export interface Scope {
  /** Streams that the query reads. */
  readonly streams: readonly IndexedStream[]
  /** Nothing before has replaced the line. */
  readonly lineIsStored: boolean
  /** What has made labels of the line so far, in order. */
  readonly parsers: readonly Parser[]
  /** Whether a stage before may have set, renamed or removed this label otherwise than by parsing. */
  readonly touched: (name: string) => boolean
}

/** The scope at the start of a pipeline. */
export function initialScope(streams: readonly IndexedStream[]): Scope {
  return { streams, lineIsStored: true, parsers: [], touched: () => false }
}

/** The scope behind a stage. */
export function scopeAfter(scope: Scope, stage: Stage): Scope {
  switch (stage.kind) {
    case 'json':
    case 'logfmt': {
      // Expressions give labels names of their own; a line that was replaced is not there for SQL to look at.
      const plain = stage.extractions.length === 0 && scope.lineIsStored
      return { ...scope, parsers: [...scope.parsers, plain ? stage.kind : 'other'] }
    }
    case 'regexp':
    case 'pattern':
      return { ...scope, parsers: [...scope.parsers, 'other'] }
    case 'unpack':
      return { ...scope, lineIsStored: false, parsers: [...scope.parsers, 'other'] }
    case 'lineFormat':
    case 'decolorize':
      return { ...scope, lineIsStored: false }
    case 'labelFormat': {
      const names = new Set<string>()
      for (const { name, value } of stage.assignments) {
        names.add(name)
        if (value.kind === 'label') names.add(value.name)
      }
      return { ...scope, touched: (name) => names.has(name) || scope.touched(name) }
    }
    case 'drop': {
      const names = new Set(stage.targets.map((target) => target.name))
      return { ...scope, touched: (name) => names.has(name) || scope.touched(name) }
    }
    case 'keep': {
      const kept = new Set(stage.targets.flatMap((target) => (target.matcher ? [] : [target.name])))
      return { ...scope, touched: (name) => !kept.has(name) || scope.touched(name) }
    }
    case 'fieldMatch':
    case 'lineFilter':
    case 'labelFilter':
    case 'distinct':
      return scope
  }
}
