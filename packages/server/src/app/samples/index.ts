import { ads } from './ads.ts'
import { api } from './api.ts'
import { inference } from './inference.ts'
import { system } from './system.ts'
import { training } from './training.ts'
import type { Workload } from './workload.ts'

/** All sample workloads; a test holds this list against the folder. */
export const workloads: readonly Workload[] = [ads, api, inference, system, training]
