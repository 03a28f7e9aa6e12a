import type { Meters } from './meters.ts'

/** A training step as it is measured; memory in MiB, as the logs have it. */
export interface MeasuredStep {
  readonly epoch: number
  /** From the first of the run. */
  readonly step: number
  readonly loss: number
  readonly learning_rate: number
  readonly gpu_memory_used: number
  readonly samples: number
}

/** What a training job tells of its runs. */
export interface TrainingMeters {
  step(run: string, step: MeasuredStep): void
  validation(run: string, loss: number, accuracy: number): void
}

const MIB = 2 ** 20

export function trainingMeters(meters: Meters): TrainingMeters {
  const loss = meters.gauge('training_loss', 'Loss of the last step')
  const rate = meters.gauge('training_learning_rate', 'Learning rate of the last step')
  const epoch = meters.gauge('training_epoch', 'The epoch that is under way')
  const step = meters.gauge('training_step', 'Steps since the start of the run')
  const samples = meters.counter('training_samples_total', 'Samples that were trained on')
  const memory = meters.gauge('training_gpu_memory_used_bytes', 'GPU memory that the run takes')
  const validationLoss = meters.gauge('training_validation_loss', 'Loss of the last validation')
  const accuracy = meters.gauge('training_validation_accuracy', 'Accuracy of the last validation, 0 to 1')
  return {
    step(run, done) {
      loss.set({ run }, done.loss)
      rate.set({ run }, done.learning_rate)
      epoch.set({ run }, done.epoch)
      step.set({ run }, done.step)
      samples.add({ run }, done.samples)
      memory.set({ run }, done.gpu_memory_used * MIB)
    },
    validation(run, lossReached, accuracyReached) {
      validationLoss.set({ run }, lossReached)
      accuracy.set({ run }, accuracyReached)
    },
  }
}
