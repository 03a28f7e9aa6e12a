import type { ThresholdColour } from '../../model/dashboard.ts'

/** What a colour of Grafana says: a name such as `semi-dark-red`, `#rgb`, `#rrggbb`, `rgb(…)`. Undefined: no colour. */
export function colourMeaning(given: string): ThresholdColour | undefined {
  const text = given.trim().toLowerCase()
  if (text === '' || text === 'transparent' || text === 'text') return undefined
  if (text.includes('red')) return 'error'
  if (text.includes('orange') || text.includes('yellow')) return 'warn'
  if (text.includes('green')) return 'ok'
  const hue = hueOf(text)
  if (hue === undefined) return 'info'
  if (hue < 15 || hue >= 330) return 'error'
  if (hue < 70) return 'warn'
  return hue < 170 ? 'ok' : 'info'
}

/** In degrees; undefined for grey and for what is not understood. */
function hueOf(text: string): number | undefined {
  const channels = channelsOf(text)
  if (channels === undefined) return undefined
  const [red, green, blue] = channels
  const most = Math.max(red, green, blue)
  const spread = most - Math.min(red, green, blue)
  if (spread < 24) return undefined
  if (most === red) return (60 * ((green - blue) / spread) + 360) % 360
  return most === green ? 60 * ((blue - red) / spread) + 120 : 60 * ((red - green) / spread) + 240
}

function channelsOf(text: string): readonly [number, number, number] | undefined {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/.exec(text)
  if (short !== null) {
    const [red, green, blue] = short.slice(1).map((digit) => Number.parseInt(digit + digit, 16))
    return [red ?? 0, green ?? 0, blue ?? 0]
  }
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})(?:[0-9a-f]{2})?$/.exec(text)
  if (long !== null) {
    const [red, green, blue] = long.slice(1).map((digits) => Number.parseInt(digits, 16))
    return [red ?? 0, green ?? 0, blue ?? 0]
  }
  const called = /^rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})/.exec(text)
  return called === null ? undefined : [Number(called[1]), Number(called[2]), Number(called[3])]
}
