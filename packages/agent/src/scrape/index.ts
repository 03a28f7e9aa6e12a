export type { Sample, SampleSink } from '../model/sink.ts'
