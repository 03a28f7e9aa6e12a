type Kind = 'text' | 'tag' | 'attribute' | 'comment' | 'rcdata' | 'script' | 'style'

/** Attributes that hold addresses. */
const ADDRESSES = new Set(
  'action archive background cite classid codebase data formaction href icon longdesc manifest poster profile src usemap'.split(
    ' ',
  ),
)

/** Where in HTML a text has come to. Reads on from where it was. */
export class HtmlPlace {
  kind: Kind = 'text'
  private at = 0
  /** Lower case; of the element whose tag is being read or whose content this is. */
  private element = ''
  private attributeName = ''
  /** The quotation mark around the value, or a blank when there is none. */
  private quote = ''
  /** The value or the script so far. */
  private content = ''

  get attribute(): 'address' | 'style' | 'script' | 'plain' {
    const name = this.attributeName.replace(/^(?:data-|.*:)/, '')
    if (name === 'style') return 'style'
    if (name.startsWith('on')) return 'script'
    return ADDRESSES.has(name) || /src|uri|url/.test(name) ? 'address' : 'plain'
  }

  get isUnquoted(): boolean {
    return this.quote === ' '
  }

  get addressPart(): 'begin' | 'path' | 'query' {
    if (/[?#]/.test(this.content.replaceAll('&#', '&'))) return 'query'
    return this.content === '' ? 'begin' : 'path'
  }

  /** Whether a text of a script is open. */
  get isQuoted(): boolean {
    let open = ''
    for (let at = 0; at < this.content.length; at++) {
      const character = this.content[at] as string
      if (character === '\\') at++
      else if (open === '' && /["'`]/.test(character)) open = character
      else if (open === character) open = ''
    }
    return open !== ''
  }

  /** Takes in what has been written since. */
  advance(written: string): void {
    while (this.at < written.length) this.step(written)
    // A value without quotes begins with what comes next.
    if (this.kind === 'tag' && /=\s*$/.test(written.slice(-64))) this.begin(' ')
  }

  private step(written: string): void {
    switch (this.kind) {
      case 'text':
        this.inText(written)
        return
      case 'comment':
        this.skipPast(written, '-->')
        return
      case 'tag':
        this.inTag(written)
        return
      case 'attribute':
        this.inValue(written)
        return
      default:
        this.inRawText(written)
    }
  }

  private inText(written: string): void {
    const open = written.indexOf('<', this.at)
    if (open < 0) {
      this.at = written.length
      return
    }
    if (written.startsWith('<!--', open)) {
      this.kind = 'comment'
      this.at = open + 4
      return
    }
    const name = /^<(\/?[A-Za-z][^\s/>]*)/.exec(written.slice(open, open + 64))
    this.at = open + (name === null ? 1 : name[0].length)
    if (name === null) return
    this.kind = 'tag'
    this.element = (name[1] as string).toLowerCase()
    this.attributeName = ''
  }

  private skipPast(written: string, mark: string): void {
    const end = written.indexOf(mark, this.at)
    this.at = end < 0 ? written.length : end + mark.length
    if (end >= 0) this.kind = 'text'
  }

  private inTag(written: string): void {
    const rest = written.slice(this.at)
    const blank = /^[\s/]+/.exec(rest)
    if (blank !== null) {
      this.at += blank[0].length
      return
    }
    if (rest.startsWith('>')) {
      this.at++
      this.kind = contentOf(this.element)
      this.content = ''
      return
    }
    if (rest.startsWith('=')) {
      const value = /^=\s*(["']?)/.exec(rest) as RegExpExecArray
      this.at += value[0].length
      if (this.at < written.length || value[1] !== '') this.begin(value[1] === '' ? ' ' : (value[1] as string))
      return
    }
    const name = /^[^\s=>/]+/.exec(rest) as RegExpExecArray
    this.attributeName = name[0].toLowerCase()
    this.at += name[0].length
  }

  private begin(quote: string): void {
    this.kind = 'attribute'
    this.quote = quote
    this.content = ''
  }

  private inValue(written: string): void {
    const ends = this.isUnquoted ? /[\s>]/g : this.quote === '"' ? /"/g : /'/g
    ends.lastIndex = this.at
    const end = ends.exec(written)
    this.content += written.slice(this.at, end?.index ?? written.length)
    this.at = end === null ? written.length : end.index + (this.isUnquoted ? 0 : 1)
    if (end !== null) this.kind = 'tag'
  }

  private inRawText(written: string): void {
    const end = written.toLowerCase().indexOf(`</${this.element}`, this.at)
    this.content += written.slice(this.at, end < 0 ? written.length : end)
    this.at = end < 0 ? written.length : end
    if (end >= 0) this.kind = 'text'
  }
}

function contentOf(element: string): Kind {
  if (element === 'script' || element === 'style') return element
  return element === 'title' || element === 'textarea' ? 'rcdata' : 'text'
}
