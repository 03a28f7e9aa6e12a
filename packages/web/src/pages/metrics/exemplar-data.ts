import { fetchExemplars, type SeriesExemplars } from '../../api/prometheus.ts'
import { Latest } from '../../explore/latest.ts'

/** Exemplars of the series that a query reads. They are help beside the chart: it does not wait for them. */
export class ExemplarData extends Latest<readonly SeriesExemplars[]> {
  load(query: string, startMs: number, endMs: number): Promise<void> {
    return this.ask((signal) => fetchExemplars(query, startMs, endMs, signal))
  }
}
