import { adServer } from './ad-server.ts'
import { apiServer } from './api-server.ts'
import { trainingJob } from './training-job.ts'
import type { Workload } from './workload.ts'

export { createApi } from './api-server.ts'
export type { Labels, Random, Run, Stage, Workload } from './workload.ts'

/** All workloads; a test holds this list against the folder. */
export const workloads: readonly Workload[] = [adServer, apiServer, trainingJob]
