const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Text without lone surrogates, which are no Unicode: strict readers refuse a whole request for one. They become U+FFFD. */
export function wellFormed(text: string): string {
  return text.replace(LONE, '\ufffd')
}
