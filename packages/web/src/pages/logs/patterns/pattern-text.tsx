import { oneLine } from '../rows/visible-text.ts'
import { type PatternPiece, piecesOf } from './pattern-list.ts'

function Pieces({ pieces, mark }: { readonly pieces: readonly PatternPiece[]; readonly mark: string }) {
  return (
    <>
      {pieces.map(({ text, wild }, index) => (
        <span key={`${index} ${text}`} class={wild ? mark : undefined}>
          {oneLine(text)}
        </span>
      ))}
    </>
  )
}

/** A pattern with its wildcards drawn quietly. */
export function PatternText({ pattern }: { readonly pattern: string }) {
  return <Pieces pieces={piecesOf(pattern)} mark="wild" />
}

/** A line with what varies marked. */
export function VaryingText({ pieces }: { readonly pieces: readonly PatternPiece[] }) {
  return <Pieces pieces={pieces} mark="varying" />
}
