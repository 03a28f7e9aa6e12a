import type { Fields } from '../fields.ts'
import { copyOf } from './copy-of.ts'
import { DomainLogger, type DomainLoggerOptions, runName } from './domain-logger.ts'

export interface TrainingLoggerOptions extends DomainLoggerOptions {
  /** In every record of the run. Default: name and local time of the start, `llama3_qlora_20251220_120000`. */
  readonly runId?: string
}

export interface EpochStartFields extends Fields {
  /** From 1. */
  readonly epoch: number
  readonly total_epochs: number
}

export interface StepFields extends Fields {
  readonly epoch: number
  readonly step: number
  readonly loss: number
  readonly learning_rate: number
  /** MiB. */
  readonly gpu_memory_used?: number | undefined
  /** MiB. */
  readonly gpu_memory_total?: number | undefined
}

export interface ValidationFields extends Fields {
  readonly epoch: number
  readonly val_loss: number
  /** 0 to 1. */
  readonly val_accuracy?: number | undefined
}

export interface EpochEndFields extends Fields {
  readonly epoch: number
  readonly avg_loss: number
  /** Seconds. */
  readonly time_elapsed: number
}

/**
 * Follows a training run. The logger is `training.NAME`, the file `training/NAME_20251220_120000.log`. What the methods
 * take are the fields of the record; further ones may be added. A loss of NaN or Infinity is written as such (a string in
 * JSON, which has no number for it).
 */
export class TrainingLogger extends DomainLogger {
  readonly runId: string
  readonly #run: Fields

  constructor(name: string, options: TrainingLoggerOptions = {}) {
    super({ loggerName: `training.${name}`, directory: 'training', fileName: name }, options)
    this.runId = options.runId ?? runName(name, this.now)
    this.#run = { run_id: this.runId }
  }

  /** INFO `training_epoch_start`. */
  logEpochStart(fields: EpochStartFields): void {
    this.#log('training_epoch_start', fields)
  }

  /** INFO `training_step`. */
  logStep(fields: StepFields): void {
    this.#log('training_step', fields)
  }

  /** INFO `training_validation`. */
  logValidation(fields: ValidationFields): void {
    this.#log('training_validation', fields)
  }

  /** INFO `training_epoch_end`. */
  logEpochEnd(fields: EpochEndFields): void {
    this.#log('training_epoch_end', fields)
  }

  #log(message: string, fields: Fields): void {
    this.logger.info(message, copyOf(fields, this.#run))
  }
}
