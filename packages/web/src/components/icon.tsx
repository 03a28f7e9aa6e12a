/** Paths of a 16 × 16 grid, drawn with a stroke of 1.5. */
const paths = {
  logs: 'M3 3.5h10M3 8h7M3 12.5h9',
  setup: 'M8 2v7m0 0 3-3M8 9 5 6M2.5 11v2.5h11V11',
  play: 'M5 3.5v9l7-4.5z',
  pause: 'M5.5 3.5v9m5-9v9',
  stop: 'M4 4h8v8H4z',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Zm3.5 8 3 3',
  clock: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 3v3.2l2.2 1.3',
  close: 'm4 4 8 8m0-8-8 8',
  copy: 'M5.5 5.5h8v8h-8zM3 10.5h-.5v-8h8V3',
  link: 'M6.5 9.5 9.5 6.5M7.5 4.7l1-1a2.8 2.8 0 0 1 4 4l-1 1M8.5 11.3l-1 1a2.8 2.8 0 0 1-4-4l1-1',
  export: 'M8 10V2.5m0 0-3 3m3-3 3 3M2.5 10.5v3h11v-3',
  format: 'M2.5 3.5h11M5 8h8.5M5 12.5h6',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  only: 'M8 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM8 2v2.5M8 11.5V14M2 8h2.5M11.5 8H14',
  pin: 'M6 2.5h4l-.6 4 2.1 2.5h-7l2.1-2.5zM8 9v4.5',
  column: 'M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10',
  left: 'm10 3.5-4.5 4.5L10 12.5',
  right: 'm6 3.5 4.5 4.5L6 12.5',
  up: 'm3.5 10 4.5-4.5L12.5 10',
  down: 'm3.5 6 4.5 4.5L12.5 6',
  zoomOut: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Zm3.5 8 3 3M5 7h4',
  chart: 'M2.5 13.5v-4m3.7 4v-8m3.6 8v-5m3.7 5v-10',
  table: 'M2.5 3h11v10h-11zM2.5 6.3h11M2.5 9.6h11M7 6.3V13',
  fields: 'M2.5 3h11v10h-11zM6.5 3v10',
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6Zm0-3.5V3M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5Z',
  globe: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM2 8h12M8 2c-4 4-4 8 0 12M8 2c4 4 4 8 0 12',
  help: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM6.3 6.3c.2-2.4 3.6-2.2 3.4 0-.1 1-1.7 1.2-1.7 2.4M8 11v.1',
  live: 'M8 6.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3ZM4.8 4.8a4.5 4.5 0 0 0 0 6.4M11.2 4.8a4.5 4.5 0 0 1 0 6.4M2.7 2.7a7.5 7.5 0 0 0 0 10.6M13.3 2.7a7.5 7.5 0 0 1 0 10.6',
  sortDown: 'M5 3v10m0 0-2.5-2.5M5 13l2.5-2.5M9.5 4h4M9.5 8H12M9.5 12h1',
  sortUp: 'M5 13V3m0 0L2.5 5.5M5 3l2.5 2.5M9.5 4h1M9.5 8H12M9.5 12h4',
  check: 'm3 8.5 3.5 3.5L13 4.5',
  trash: 'M3 4.5h10M6.5 4V2.5h3V4M4.5 4.5l.5 9h6l.5-9',
  line: 'M2.5 11.5 6 7l3 2.5 4.5-6',
  stacked: 'M2.5 13.5v-5L6 6l3.5 2 4-4.5v10zM2.5 11 6 9.5l3.5 1 4-3',
  heat: 'M2.5 3h11v10h-11zM2.5 8h11M8 3v10M10 5.5h1.5M4.5 10.5H6',
  number: 'M3.5 6 6 3.5v9M9 5.2c.6-2.4 4.2-2.2 4 .3-.1 1.6-4 4.6-4 7h4.2',
  image: 'M2.5 3h11v10h-11zM3 11l3-3 2.5 2.5L11 8l2.5 2.5M5.5 5.5v.1',
  history: 'M3 5.5V2.8M3 5.5h2.7M3.2 5.3A5.8 5.8 0 1 1 2.2 9M8 5v3.2l2 1.3',
  bookmark: 'M4 2.5h8v11L8 10.5l-4 3z',
  edit: 'm3 13 .6-2.8L11 2.8l2.2 2.2-7.4 7.4z',
  bell: 'M3 11.5h10c-3-2 0-8-5-8s-2 6-5 8ZM6.5 13.5h3',
  agents: 'M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5v.1M5 11v.1',
  rows: 'M2.5 4h11M2.5 7h11M2.5 10h11M2.5 13h11',
  dashboard: 'M2.5 3h11v10h-11zM7 3v10M7 8h6.5',
  fullscreen: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  undo: 'M3 6h6.5a3.5 3.5 0 0 1 0 7H6M3 6l3-3M3 6l3 3',
  redo: 'M13 6H6.5a3.5 3.5 0 0 0 0 7H10M13 6l-3-3m3 3-3 3',
  more: 'M8 3.2v.1M8 8v.1M8 12.8v.1',
} as const

export type IconName = keyof typeof paths

/** A decorative drawing: what it stands for is said by the text or label of its button. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  )
}
