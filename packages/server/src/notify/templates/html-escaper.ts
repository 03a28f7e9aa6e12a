import { encodeGoJson, type OutputEscaper, SafeText } from '@girok/query'
import { HtmlPlace } from './html-place.ts'

/** What stands in place of a value that could do harm where it stands, as Go's html/template writes it. */
const HARMFUL = 'ZgotmplZ'

/**
 * Escapes what actions write by where in HTML they stand: text, attributes, addresses, styles, scripts, as Go's
 * html/template does. It reads the HTML that has been written, so one serves one execution.
 */
export class HtmlEscaper implements OutputEscaper {
  private readonly place = new HtmlPlace()

  escape(written: string, value: unknown, text: string, lastFunction: string | undefined): string {
    const { place } = this
    place.advance(written)
    const safe = value instanceof SafeText ? value.typeName : undefined
    switch (place.kind) {
      case 'text':
        return safe === 'template.HTML' || lastFunction === 'html' ? text : escapeText(text)
      case 'rcdata':
        return escapeText(safe === 'template.HTML' ? withoutTags(text) : text)
      case 'comment':
        return ''
      case 'tag':
        return /^[A-Za-z0-9]+$/.test(text) ? text : HARMFUL
      case 'script':
        return inScript(value, text, place.isQuoted)
      case 'style':
        return inStyle(text)
      case 'attribute':
        return this.inAttribute(value, text, safe, lastFunction)
    }
  }

  private inAttribute(
    value: unknown,
    text: string,
    safe: string | undefined,
    lastFunction: string | undefined,
  ): string {
    const { place } = this
    const quote = place.isUnquoted ? escapeUnquoted : escapeText
    switch (place.attribute) {
      case 'address':
        return quote(inAddress(text, place.addressPart, safe, lastFunction))
      case 'style':
        return quote(inStyle(text))
      case 'script':
        return quote(inScript(value, text, place.isQuoted))
      default:
        return quote(safe === 'template.HTML' ? withoutTags(text) : text)
    }
  }
}

const TEXT: ReadonlyMap<string, string> = new Map([
  ['\0', '\ufffd'],
  ['"', '&#34;'],
  ['&', '&amp;'],
  ["'", '&#39;'],
  ['+', '&#43;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
])

function escapeText(text: string): string {
  return text.replace(/[\0"&'+<>]/g, (character) => TEXT.get(character) as string)
}

/** Without quotes around it a value ends at a blank. */
function escapeUnquoted(text: string): string {
  if (text === '') return HARMFUL
  return escapeText(text).replace(/[\t\n\v\f\r =`]/g, (character) => `&#${character.charCodeAt(0)};`)
}

function withoutTags(html: string): string {
  return html.replace(/<!--.*?-->|<\/?[A-Za-z][^>]*>/gs, '')
}

/** Keeps to schemes that run nothing; what stands behind `?` or `#` is one value there. */
function inAddress(
  text: string,
  part: 'begin' | 'path' | 'query',
  safe: string | undefined,
  lastFunction: string | undefined,
): string {
  if (part === 'query') return lastFunction === 'urlquery' ? text : encodeAddress(text, safe === 'template.URL')
  const scheme = part === 'begin' && safe !== 'template.URL' ? /^[^/?#]*?:/.exec(text)?.[0] : undefined
  if (scheme !== undefined && !/^(?:https?|mailto):$/i.test(scheme)) return `#${HARMFUL}`
  return encodeAddress(text, true)
}

/** `keepsReserved`: characters that mean something in addresses stay, and so do escapes. */
function encodeAddress(text: string, keepsReserved: boolean): string {
  let out = ''
  for (let at = 0; at < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(at) as number)
    const stays =
      /[A-Za-z0-9._~-]/.test(character) ||
      (keepsReserved && (/[!#$&*+,/:;=?@[\]]/.test(character) || /^%[\da-f]{2}/i.test(text.slice(at, at + 3))))
    out += stays
      ? character
      : [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
    at += character.length
  }
  return out
}

/** Plain words, numbers and colors; all else could end the declaration. */
function inStyle(text: string): string {
  const word = text.toLowerCase().replace(/[^a-z0-9]/g, '')
  const isPlain = /^[\w#%.,+\- \u0080-\u{10ffff}]*$/u.test(text) && !text.includes('--')
  return isPlain && !word.includes('expression') && !word.includes('mozbinding') ? text : HARMFUL
}

function inScript(value: unknown, text: string, isQuoted: boolean): string {
  const plain = value instanceof SafeText ? text : value
  const json = encodeGoJson(isQuoted ? text : (plain ?? null))
  const escaped = json.replace(/[/'`+]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
  // Blanks keep numbers and words apart from what stands around them.
  if (!isQuoted && !/^["[{]/.test(escaped)) return ` ${escaped} `
  return isQuoted ? escaped.slice(1, -1).replaceAll('\\"', '\\u0022') : escaped
}
