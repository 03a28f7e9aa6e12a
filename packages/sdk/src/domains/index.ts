export {
  type AdConversionFields,
  AdEventLogger,
  type AdFields,
  type BidRequestFields,
  type BidResponseFields,
} from './ad-event-logger.ts'
export { AdSystemLogger, type AdSystemLoggingOptions } from './ad-system-logger.ts'
export { ApiLogger, type ApiLoggerOptions, type ApiRequestFields, type ApiResponseFields } from './api-logger.ts'
export { type ApiMetrics, type ApiMetricsOptions, apiMetrics, loadApiMetrics, metricsEndpoint } from './api-metrics.ts'
export {
  type AiInferenceFields,
  ApiMonitor,
  type ApiMonitorOptions,
  type ApiMonitorTexts,
  type CacheMetricsFields,
  type RequestEndFields,
  type RequestStartFields,
} from './api-monitor.ts'
export { type AuditVerification, type VerifyOptions, verifyAuditFile } from './audit-chain.ts'
export { AuditLogger, type AuditLoggerOptions, type PersonalDataAccess } from './audit-logger.ts'
export type { CallOptions, LoggedDecorator } from './call-log.ts'
export type { CampaignTexts } from './campaign-logger.ts'
export {
  type CampaignFields,
  CampaignLogger,
  type CampaignLoggerOptions,
  type CampaignPerformanceFields,
  type CampaignSpendFields,
} from './campaign-logger.ts'
export { ContextualLogger, type ContextualLoggerOptions } from './contextual-logger.ts'
export { DomainLogger, type DomainLoggerOptions, type DomainPlace } from './domain-logger.ts'
export { type ErrorCounter, errorCounterHandler } from './error-counter.ts'
export {
  type ErrorStatistics,
  ErrorTracker,
  type ErrorTrackerOptions,
  type ErrorTrackerTexts,
  type TrackedError,
} from './error-tracker.ts'
export { type GirokJourneyOptions, girokJourneySource } from './girok-journey.ts'
export type { HealthTexts } from './health-monitor.ts'
export {
  type ApplicationMetrics,
  HealthMonitor,
  type HealthMonitorOptions,
  type HealthStatus,
  type SystemReading,
} from './health-monitor.ts'
export {
  type InferenceFailure,
  InferenceLogger,
  type InferenceLoggerOptions,
  type InferenceRequest,
  type InferenceResponse,
  type TextRecording,
} from './inference-logger.ts'
export type { AdRequestState, JourneyEvent, JourneyEventType, JourneySource, StoredRecord } from './journey.ts'
export { type GpuReading, type NvidiaSmiOptions, readGpus } from './nvidia-smi.ts'
export { type OperationTimer, PerformanceLogger, type PerformanceLoggerOptions } from './performance-logger.ts'
export type { PromClient, PromRegistry } from './prom-client.ts'
export { requestIdOf } from './request-id.ts'
export {
  type AdClickFields,
  type AdDeliveryFields,
  type AdRequestConversionFields,
  type AdRequestFields,
  type AdSelectionFields,
  type RequestJourney,
  RequestTracker,
  type RequestTrackerOptions,
} from './request-tracker.ts'
export type { DurationSummary } from './statistics.ts'
export { StructuredLogger, type StructuredLoggerOptions } from './structured-logger.ts'
export { GPUMonitor, type GPUMonitorOptions, SystemMonitor, type SystemMonitorOptions } from './system-monitor.ts'
export {
  type EpochEndFields,
  type EpochStartFields,
  type StepFields,
  TrainingLogger,
  type TrainingLoggerOptions,
  type ValidationFields,
} from './training-logger.ts'
