/** How people write settings: sizes, durations, and names that are nearly right. For every program that reads a configuration. */
export { formatBytes, parseBytes } from './bytes.ts'
export { formatDuration, parseDuration } from './duration.ts'
export { editDistance, nearestPath } from './nearest.ts'
