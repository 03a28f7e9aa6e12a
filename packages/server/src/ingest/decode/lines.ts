const NEWLINE = 0x0a
const RETURN = 0x0d

/** Visits the lines of a text that are not empty, without their line ends (LF or CR LF). */
export function forEachLine(
  bytes: Buffer,
  visit: (start: number, end: number) => void,
  from = 0,
  to = bytes.length,
): void {
  let start = from
  while (start < to) {
    const newline = bytes.indexOf(NEWLINE, start)
    const next = newline === -1 || newline > to ? to : newline
    const end = next > start && bytes[next - 1] === RETURN ? next - 1 : next
    if (end > start) visit(start, end)
    start = next + 1
  }
}
