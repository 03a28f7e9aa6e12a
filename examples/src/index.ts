import { adServer } from './ad-server.ts'
import { apiServer } from './api-server.ts'
import { machines } from './machines.ts'
import { trainingJob } from './training-job.ts'
import type { Exporter, Workload } from './workload.ts'

export { createApi } from './api-server.ts'
export type { Labels, Meters } from './meters.ts'
export type { Exporter, Random, Run, Stage, Workload } from './workload.ts'

/** All workloads; a test holds this list against the folder. */
export const workloads: readonly Workload[] = [adServer, apiServer, trainingJob]

/** Exporters of the machines that the workloads run on. */
export const exporters: readonly Exporter[] = [machines]
