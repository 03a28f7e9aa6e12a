/**
 * Label names in paths (https://prometheus.io/docs/instrumenting/escaping_schemes/): `U__` introduces a name whose
 * characters beyond letters, digits and colons are `_HEX_`, an underscore being `__`.
 */

const PREFIX = 'U__'

/** The name that is meant. What is not escaped by the rules stands for itself. */
export function unescapeLabelName(text: string): string {
  if (!text.startsWith(PREFIX)) return text
  let name = ''
  for (let at = PREFIX.length; at < text.length; ) {
    const char = text[at] as string
    if (char !== '_') {
      name += char
      at++
    } else if (text[at + 1] === '_') {
      name += '_'
      at += 2
    } else {
      const [whole, hex = ''] = /^_([0-9a-fA-F]{1,6})_/.exec(text.slice(at, at + 9)) ?? []
      const point = Number.parseInt(hex, 16)
      if (whole === undefined || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return text
      name += String.fromCodePoint(point)
      at += whole.length
    }
  }
  return name
}
