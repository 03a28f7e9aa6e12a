// Figures of the web app against their goals, on generated logs in headless Chromium:
//   node bench/web.mjs [--tail-seconds 300] [--rows 100000] [--rate 5000]
// Exit code 1 when a goal is missed. Needs the built app (npm run build) and /usr/bin/chromium (or $CHROMIUM).
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright-core'
import { runnerImport } from 'vite'

const { values: flags } = parseArgs({
  options: {
    'tail-seconds': { type: 'string', default: '300' },
    rows: { type: 'string', default: '100000' },
    rate: { type: 'string', default: '5000' },
  },
})
const tailSeconds = Number(flags['tail-seconds'])
const wantedRows = Number(flags.rows)
const rate = Number(flags.rate)
const webDir = fileURLToPath(new URL('../packages/server/web', import.meta.url))
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const MiB = 1024 * 1024

if (!existsSync(`${webDir}/index.html`)) {
  console.error('bench:web: the web app is not built; run npm run build first')
  process.exit(2)
}

const mockFile = fileURLToPath(new URL('../packages/web/testing/mock-server.ts', import.meta.url))
const { module: mock } = await runnerImport(mockFile)
const server = await mock.startMockServer({ webDir, recordsPerSecond: 200, tailPerSecond: rate })
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--enable-precise-memory-info'] })
let missed = 0

function report(name, value, unit, goal, ok) {
  if (!ok) missed += 1
  const shown = typeof value === 'number' ? Math.round(value * 100) / 100 : value
  console.log(`${ok ? 'ok    ' : 'MISSED'} ${name.padEnd(44)} ${`${shown} ${unit}`.padEnd(16)} goal ${goal}`)
}

function quantile(list, q) {
  const sorted = [...list].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0
}

async function newPage(path) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    colorScheme: 'dark',
  })
  const page = await context.newPage()
  if (path !== undefined) await page.goto(server.url + path)
  return page
}

/** Scripts that the start page fetches by itself, and the texts of the shell in the heaviest language. */
function shellScripts() {
  const html = readFileSync(`${webDir}/index.html`, 'utf8')
  const names = [...html.matchAll(/\.\/assets\/([\w.-]+\.js)"/g)].map((match) => match[1])
  const texts = readdirSync(`${webDir}/assets`).filter((name) => /^shell-.*\.js$/.test(name))
  return { names, texts }
}

const gzipped = (name) => gzipSync(readFileSync(`${webDir}/assets/${name}`), { level: 9 }).length

/** First paint with every other script held back shows that the shell needs none of them; then it is timed undisturbed. */
async function firstPaint() {
  const { names, texts } = shellScripts()
  const bytes = names.reduce((sum, name) => sum + gzipped(name), 0) + Math.max(...texts.map(gzipped))
  const held = await newPage()
  let release = () => {}
  const painted = new Promise((done) => {
    release = done
  })
  await held.route('**/assets/*.js', async (route) => {
    const name = new URL(route.request().url()).pathname.split('/').at(-1)
    if (!names.includes(name) && !texts.includes(name)) await painted
    await route.continue()
  })
  await held.goto(`${server.url}/logs`, { waitUntil: 'commit' })
  await held.locator('.header .nav-link').first().waitFor()
  await held.waitForTimeout(200)
  const alone = await held.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0)
  release()
  await held.context().close()
  report('JavaScript before first paint (gzip)', bytes / 1024, 'KiB', '<= 20', alone && bytes <= 20 * 1024)

  const times = []
  for (let run = 0; run < 7; run += 1) {
    const page = await newPage('/logs')
    await page.locator('[data-row="0"]').waitFor()
    times.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime))
    await page.context().close()
  }
  report('first contentful paint, localhost, median', quantile(times, 0.5), 'ms', '<= 300', quantile(times, 0.5) <= 300)
}

/** Loads rows by scrolling, then scrolls fast with the wheel and looks at the frames that the browser really drew. */
async function scroll() {
  const page = await newPage('/logs')
  await page.locator('[data-row="0"]').waitFor()
  // The field list and the editor are not measured here.
  const rows = page.getByTestId('rows')
  const count = async () => Number(((await page.getByTestId('loaded').textContent()) ?? '').replace(/\D/g, ''))
  const began = performance.now()
  while ((await count()) < wantedRows) {
    await rows.evaluate((element) => {
      element.scrollTop = element.scrollHeight
    })
    await page.waitForTimeout(5)
    if (performance.now() - began > 300_000) throw new Error(`only ${await count()} rows after five minutes`)
  }
  report('rows loaded by scrolling', await count(), 'rows', `>= ${wantedRows}`, (await count()) >= wantedRows)

  // Each frame: rows must cover the view from edge to edge.
  const frames = await rows.evaluate(async (element) => {
    const gaps = []
    let uncovered = 0
    let last = performance.now()
    const { top, bottom, left } = element.getBoundingClientRect()
    for (let frame = 0; frame < 600; frame += 1) {
      // Slow at first, then faster, with a jump now and then as a dragged scroll bar makes.
      const jump = frame % 60 === 59
      element.scrollTop = jump ? Math.random() * element.scrollHeight : element.scrollTop - 40 - frame * 4
      if (element.scrollTop === 0) element.scrollTop = element.scrollHeight
      await new Promise((done) => requestAnimationFrame(done))
      await new Promise((done) => setTimeout(done))
      const now = performance.now()
      gaps.push(now - last)
      last = now
      for (let y = top + 36; y < bottom - 4; y += 20) {
        if (document.elementFromPoint(left + 40, y)?.closest('.row') == null) {
          uncovered += 1
          break
        }
      }
    }
    return { gaps, uncovered, rows: element.querySelectorAll('.row').length }
  })
  report('frames with an uncovered row (scripted)', frames.uncovered, 'of 600', '0', frames.uncovered === 0)
  report('row nodes', frames.rows, '', '<= 70', frames.rows <= 70)
  report('frame time while scrolling, p95', quantile(frames.gaps, 0.95), 'ms', 'told only', true)

  const blank = await blankWheelFrames(page)
  report(
    'blank frames on screen (mouse wheel)',
    blank.blank,
    `of ${blank.frames}`,
    '0',
    blank.blank === 0 && blank.frames > 20,
  )
  await page.context().close()
}

async function blankWheelFrames(page) {
  const session = await page.context().newCDPSession(page)
  const shots = []
  session.on('Page.screencastFrame', ({ data, sessionId }) => {
    shots.push(data)
    void session.send('Page.screencastFrameAck', { sessionId })
  })
  const box = await page.getByTestId('rows').boundingBox()
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await session.send('Page.startScreencast', { format: 'png', everyNthFrame: 1 })
  for (let turn = 0; turn < 120; turn += 1) await page.mouse.wheel(0, turn % 2 === 0 ? -3000 : -9000)
  await page.waitForTimeout(300)
  await session.send('Page.stopScreencast')
  const judge = await newPage()
  let blank = 0
  for (const data of shots) {
    // The column of the level glyphs: each row has one, so each band of one row's height holds more than one colour.
    const isBlank = await judge.evaluate(
      async ({ data, box }) => {
        const image = new Image()
        image.src = `data:image/png;base64,${data}`
        await image.decode()
        const scale = image.width / 1440
        const canvas = new OffscreenCanvas(image.width, image.height)
        const context = canvas.getContext('2d', { willReadFrequently: true })
        context.drawImage(image, 0, 0)
        for (let y = box.y + 50; y < box.y + box.height - 30; y += 20) {
          const pixels = context.getImageData((box.x + 10) * scale, y * scale, 70 * scale, 20 * scale).data
          let light = 0
          for (let at = 0; at < pixels.length; at += 4)
            if (pixels[at] + pixels[at + 1] + pixels[at + 2] > 240) light += 1
          const darkText = pixels.length / 4 - light
          if (Math.min(light, darkText) < 8) return true
        }
        return false
      },
      { data, box },
    )
    if (isBlank) blank += 1
  }
  await judge.context().close()
  return { blank, frames: shots.length }
}

async function tail() {
  const page = await newPage('/logs?live=1')
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  await page.evaluate(() => {
    window.longest = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.longest = Math.max(window.longest, entry.duration)
    }).observe({ type: 'longtask' })
  })
  const metrics = async () =>
    Object.fromEntries((await session.send('Performance.getMetrics')).metrics.map((one) => [one.name, one.value]))
  const received = async () =>
    Number(((await page.getByTestId('live-received').textContent()) ?? '').replace(/\D/g, '') || 0)
  while ((await received()) === 0) await page.waitForTimeout(50)
  // The editor arrives in the first seconds; what follows is the tail alone.
  await page.waitForTimeout(3000)
  await page.evaluate(() => {
    window.longest = 0
  })
  const start = { at: performance.now(), received: await received(), metrics: await metrics() }
  let heap = 0
  while (performance.now() - start.at < tailSeconds * 1000) {
    await page.waitForTimeout(Math.min(5000, tailSeconds * 200))
    heap = Math.max(heap, (await metrics()).JSHeapUsedSize)
  }
  const end = { at: performance.now(), received: await received(), metrics: await metrics() }
  const dropped = Number(((await page.getByTestId('live-dropped').textContent()) ?? '').replace(/\D/g, ''))
  const seconds = (end.at - start.at) / 1000
  const perSecond = (end.received - start.received) / seconds
  const script = ((end.metrics.ScriptDuration - start.metrics.ScriptDuration) / seconds) * 100
  const task = ((end.metrics.TaskDuration - start.metrics.TaskDuration) / seconds) * 100
  const following = await page
    .getByTestId('rows')
    .evaluate((element) => element.scrollHeight - element.clientHeight - element.scrollTop < 2)
  await session.send('HeapProfiler.collectGarbage')
  const settled = (await metrics()).JSHeapUsedSize
  report(
    `live tail, ${Math.round(seconds)} s: lines shown per second`,
    perSecond,
    '/s',
    `>= ${rate * 0.99}`,
    perSecond >= rate * 0.99,
  )
  report('live tail: lines dropped', dropped, 'lines', '0', dropped === 0)
  report('live tail: follows the newest line', following ? 'yes' : 'no', '', 'yes', following)
  report('live tail: greatest heap, garbage included', heap / MiB, 'MiB', '<= 150', heap <= 150 * MiB)
  report('live tail: heap after collection', settled / MiB, 'MiB', 'told only', true)
  report('live tail: script share of one core', script, '%', 'told only', true)
  report('live tail: main thread busy', task, '%', 'told only', true)
  report('live tail: longest task', await page.evaluate(() => window.longest), 'ms', 'told only', true)
  await page.context().close()
}

try {
  await firstPaint()
  await scroll()
  await tail()
} finally {
  await browser.close()
  await server.close()
}
console.log(missed === 0 ? 'all goals met' : `${missed} goals missed`)
process.exit(missed === 0 ? 0 : 1)
