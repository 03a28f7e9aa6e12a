import { readAnswer } from '../answer.ts'
import { defineCommand } from '../command.ts'
import { EXIT, UsageError } from '../failure.ts'
import { wantsColour } from '../io.ts'
import { ENTRY_FORMS, type EntryForm, type EntryPrinter, entryPrinter } from '../output/entries.ts'
import { type ExplanationJson, explanationText } from '../output/explanation.ts'
import { type SampleForm, samplesText } from '../output/samples.ts'
import { queryPages } from '../pages.ts'
import { durationNs, timeNs } from '../time.ts'

export const query = defineCommand({
  name: 'query',
  summary: 'Search logs, or compute from them, by a LogQL query.',
  words: 'QUERY',
  remote: true,
  flags: {
    since: { kind: 'value', value: 'AGE', summary: 'how far back to look (default 1h)' },
    from: { kind: 'value', value: 'TIME', summary: 'begin: an age, an ISO time or Unix seconds (instead of --since)' },
    to: { kind: 'value', value: 'TIME', summary: 'end, exclusive (default now)' },
    limit: { kind: 'value', value: 'N', summary: 'most lines; 0 is all of them (default 100)' },
    forward: { kind: 'switch', summary: 'oldest lines first' },
    step: { kind: 'value', value: 'DURATION', summary: 'distance of the points of a metric query' },
    instant: { kind: 'switch', summary: 'one value per series, at the end of the range' },
    explain: { kind: 'switch', summary: 'show how the query would be answered: plan, SQL, syntax tree' },
    analyze: { kind: 'switch', summary: 'with --explain: run it, and show what was read' },
    output: { kind: 'value', value: 'FORM', summary: `${ENTRY_FORMS.join(', ')} (default line; table for metrics)` },
  },
  examples: [
    [`girok query '{service_name="api"} |= "timeout"'`, 'the newest 100 lines of the last hour'],
    [`girok query '{job="training"} | json | loss < 0.1' --since 7d --limit 0 --output json > low.ndjson`, 'all lines'],
    [`girok query 'sum by (level) (count_over_time({job="api"}[5m]))' --step 5m`, 'a table of counts'],
    [
      `girok query '{job="api"} |= "timeout" | json | status >= 500' --explain --analyze`,
      'what the engine does for it',
    ],
    [`girok query '{job="training"}' --output raw | jq .loss`, 'the lines alone, for other programs'],
  ],
  async run({ io, flags, words, out, note, client }) {
    const [text, ...more] = words
    if (text === undefined) throw new UsageError(`no query: girok query '{service_name="api"}'`)
    if (more.length > 0) throw new UsageError(`one query, please; put it in quotes so that the shell leaves it whole`)
    if (flags.text('since') !== undefined && flags.text('from') !== undefined) {
      throw new UsageError('give --since or --from, not both')
    }
    const form = flags.choice('output', ['line', ...ENTRY_FORMS])
    const now = Date.now()
    const endNs = timeNs(flags.text('to') ?? 'now', '--to', now)
    const from = flags.text('from')
    const startNs =
      from === undefined ? endNs - durationNs(flags.text('since') ?? '1h', '--since') : timeNs(from, '--from', now)
    if (startNs >= endNs) throw new UsageError('the range is empty: --from lies at or after --to')
    if (flags.switch('analyze') && !flags.switch('explain')) throw new UsageError('--analyze goes with --explain')
    if (flags.switch('explain')) {
      const params = new URLSearchParams({ query: text, start: String(startNs), end: String(endNs) })
      const limit = flags.count('limit')
      if (limit !== undefined && limit > 0) params.set('limit', String(limit))
      const step = flags.text('step')
      if (step !== undefined) params.set('step', step)
      if (flags.switch('analyze')) params.set('analyze', 'true')
      const told = (await client().json('/girok/v1/explain', params, io.interrupted)) as ExplanationJson
      await out.write(form === 'json' ? `${JSON.stringify(told)}\n` : explanationText(told))
      return EXIT.ok
    }
    if (flags.switch('instant')) {
      const params = new URLSearchParams({ query: text, time: String(endNs) })
      const answer = readAnswer(await client().json('/loki/api/v1/query', params, io.interrupted), true)
      await out.write('samples' in answer ? samplesText(answer.samples, sampleForm(form)) : '')
      return EXIT.ok
    }
    const limit = flags.count('limit') ?? 100
    const request = {
      query: text,
      startNs,
      endNs,
      limit: limit === 0 ? Number.POSITIVE_INFINITY : limit,
      newestFirst: flags.switch('forward') !== true,
      step: flags.text('step'),
      signal: io.interrupted,
    }
    let printer: EntryPrinter | undefined
    let count = 0
    for await (const answer of queryPages(client(), request)) {
      if ('samples' in answer) {
        await out.write(samplesText(answer.samples, sampleForm(form)))
        return EXIT.ok
      }
      if (printer === undefined) {
        printer = entryPrinter(form, { colour: wantsColour(io), terminal: io.terminal.stdout })
        if (printer.head !== '') await out.write(printer.head)
      }
      let page = ''
      for (const entry of answer.entries) page += printer.print(entry)
      count += answer.entries.length
      if (page !== '') await out.write(page)
    }
    if (io.terminal.stderr && io.terminal.stdout && count === limit)
      note(`the first ${limit} lines; --limit gives more`)
    return EXIT.ok
  },
})

function sampleForm(form: EntryForm): SampleForm {
  return form === 'json' || form === 'csv' ? form : 'table'
}
