/** The label that is being written before the cursor of a legend: behind `{{`. */
export function openLabel(legend: string, at: number): { readonly from: number; readonly typed: string } | undefined {
  const match = /\{\{\s*([\w.:-]*)$/.exec(legend.slice(0, at))
  return match === null ? undefined : { from: match.index, typed: match[1] ?? '' }
}

/** A legend with a label put in at the cursor, in place of the beginning of it, and where the cursor then stands. */
export function withLabel(legend: string, at: number, label: string): { readonly text: string; readonly at: number } {
  const open = openLabel(legend, at)
  const before = legend.slice(0, open?.from ?? at)
  const behind = legend.slice(at).replace(open === undefined ? /^/ : /^[\w.:-]*\s*\}{0,2}/, '')
  const word = `{{${label}}}`
  return { text: before + word + behind, at: before.length + word.length }
}
