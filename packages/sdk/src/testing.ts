export { type Capture, type CaptureOptions, captureLogs } from './capture/capture.ts'
export type { CapturedLogs, CapturedRecord, RecordPattern } from './capture/captured.ts'
export { type FixedClock, fixedClock } from './capture/clock.ts'
export { createTestHierarchy, type TestHierarchy, type TestHierarchyOptions } from './capture/hierarchy.ts'
