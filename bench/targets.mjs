/**
 * Figures of the common workload with 1,000,000 lines on one shared machine of two cores: what Loki 3.8 and VictoriaLogs
 * of July 2025 took there, and what Girok is to take. Queries in ms, best of four.
 */
export const TARGETS = {
  'ingest (CPU s per million lines)': { loki: 7.9, victoriaLogs: 5.5, goal: 5 },
  'disk (bytes per line)': { loki: 224, victoriaLogs: 19.7, goal: 18 },
  'memory after (MB)': { loki: 328, victoriaLogs: 229, goal: 700 },
  'newest 100 of a stream': { loki: 6, victoriaLogs: 57, goal: 10 },
  'rare needle, all streams': { loki: 602, victoriaLogs: 0.8, goal: 5 },
  'substring count per minute': { loki: 932, victoriaLogs: 5.7, goal: 10 },
  'regex on one job': { loki: 276, victoriaLogs: 171, goal: 60 },
  'field equality (status 500)': { loki: 137, victoriaLogs: 69, goal: 25 },
  'field comparison (latency > 1500)': { loki: 127, victoriaLogs: 3.7, goal: 10 },
  'avg latency per minute': { loki: 1117, victoriaLogs: 53, goal: 30 },
  'p95 latency by model per minute': { loki: 886, victoriaLogs: 184, goal: 60 },
  'max GPU utilisation by GPU': { loki: 330, victoriaLogs: 28, goal: 20 },
  'requests per second by job': { loki: 2314, victoriaLogs: 18, goal: 15 },
  'error count by path': { loki: 560, victoriaLogs: 21, goal: 20 },
}

/** Geometric mean of the CPU time of a query, in ms, there. */
export const CPU_PER_QUERY = { loki: 407, victoriaLogs: 42, goal: 40.7 }

/** With five times the lines a query may take so many times as long: those that stop early twice, all others five times. */
export const mayGrow = (name) => (name === 'rare needle, all streams' || name === 'newest 100 of a stream' ? 2 : 5)
