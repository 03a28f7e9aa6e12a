import type { Page } from 'playwright-core'

/**
 * What screen readers and keyboards would stumble over on a page: controls and pictures without a name, ids that are
 * there twice, references to ids that are not there, levels of headings that are skipped, text of too little contrast.
 */
export function faultsOfMarkup(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = []
    const shown = (element: Element): boolean => element.checkVisibility()
    const tell = (element: Element): string => element.outerHTML.slice(0, 120)
    const all = [...document.querySelectorAll('body *')].filter(shown)

    for (const element of all.filter((one) =>
      one.matches('button, a[href], input, select, textarea, summary, [role="img"]'),
    )) {
      const labelled = (element.getAttribute('aria-labelledby') ?? '')
        .split(' ')
        .map((id) => document.getElementById(id))
      const label = element instanceof HTMLInputElement ? element.labels?.[0] : undefined
      const words = [element.getAttribute('aria-label'), label?.textContent, ...labelled.map((one) => one?.textContent)]
      if (![...words, element.textContent].some((text) => (text ?? '').trim() !== ''))
        faults.push(`no name: ${tell(element)}`)
    }

    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
    for (const id of new Set(ids)) if (ids.filter((one) => one === id).length > 1) faults.push(`id twice: ${id}`)
    for (const name of ['aria-labelledby', 'aria-controls', 'aria-describedby']) {
      for (const element of all.filter((one) => one.hasAttribute(name))) {
        for (const id of (element.getAttribute(name) ?? '').split(' ')) {
          if (document.getElementById(id) === null) faults.push(`${name} of nothing: ${tell(element)}`)
        }
      }
    }

    let level = 0
    for (const heading of all.filter((one) => /^H[1-6]$/.test(one.tagName))) {
      const next = Number(heading.tagName[1])
      if (next > level + 1) faults.push(`heading skips to ${next}: ${tell(heading)}`)
      level = next
    }

    type Colour = readonly [number, number, number, number]
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
    const colourOf = (text: string): Colour => {
      if (canvas === null) throw new Error('no canvas')
      canvas.clearRect(0, 0, 1, 1)
      canvas.fillStyle = text
      canvas.fillRect(0, 0, 1, 1)
      const [r = 0, g = 0, b = 0, a = 0] = canvas.getImageData(0, 0, 1, 1).data
      return [r, g, b, a / 255]
    }
    const luminance = ([r, g, b]: Colour): number => {
      const [x = 0, y = 0, z = 0] = [r, g, b].map((c) =>
        c <= 10 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
      )
      return 0.2126 * x + 0.7152 * y + 0.0722 * z
    }
    const groundOf = (element: Element | null): Colour => {
      for (let at = element; at !== null; at = at.parentElement) {
        const ground = colourOf(getComputedStyle(at).backgroundColor)
        if (ground[3] === 1) return ground
      }
      return [255, 255, 255, 1]
    }
    for (const element of all) {
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim())
      if (!own || element.closest('[disabled], .offscreen, .skip') !== null) continue
      const [a, b] = [luminance(colourOf(getComputedStyle(element).color)), luminance(groundOf(element))]
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
      if (contrast < 4.5) faults.push(`contrast ${contrast.toFixed(1)}: ${tell(element)}`)
    }
    return faults
  })
}
