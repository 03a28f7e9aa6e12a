import { SystemMonitor, TrainingLogger } from '@girok/sdk/domains'
import { around, onStage, type Random, type Stage, type Workload } from './workload.ts'

const EPOCHS = 5
const STEPS_PER_EPOCH = 120
const LEARNING_RATE = 0.0001
const GPUS = 4
const GPU_MEMORY_MIB = 31_744
/** A look at the GPUs after so many training steps. */
const STEPS_PER_READING = 12

/** Fine-tunes a model that is not there: the loss falls, gradients overflow now and then, one card runs hot. */
export const trainingJob: Workload = {
  name: 'training-job',
  summary: 'An ML training job: steps, validations, epochs, and the GPUs that it runs on.',
  labels: {
    training: { job: 'training', service: 'mlops', service_name: 'trainer' },
    system: { job: 'system', service: 'mlops', service_name: 'gpu-monitor' },
  },
  share: 6,
  open(stage) {
    const training = new TrainingLogger('llama3_qlora', onStage(stage, 'training.llama3_qlora'))
    const monitor = new SystemMonitor('gpu_monitor', {
      ...onStage(stage, 'system.gpu_monitor'),
      cpu: false,
      memory: false,
      disks: [],
      // On a machine with cards this line goes, and nvidia-smi is asked.
      readGpus: async () => simulatedGpus(stage.random),
    })
    const job = trainForEver(stage, training)
    let steps = 0
    return {
      async step() {
        if (steps++ % STEPS_PER_READING === 0) await monitor.logAllMetrics()
        else await job.next()
      },
      async close() {
        await training.close()
        await monitor.close()
      },
    }
  },
}

async function* trainForEver({ random, now, sleep }: Stage, log: TrainingLogger): AsyncGenerator<void, never> {
  for (;;) {
    for (let epoch = 1; epoch <= EPOCHS; epoch++) {
      const started = now()
      let lossSum = 0
      log.logEpochStart({ epoch, total_epochs: EPOCHS })
      yield
      for (let step = 1; step <= STEPS_PER_EPOCH; step++) {
        await sleep(around(random, 300, 100, 0))
        const loss = Math.max(0.01, around(random, expectedLoss(epoch, step), 0.05, 4))
        lossSum += loss
        log.logStep({
          epoch,
          step,
          loss,
          learning_rate: LEARNING_RATE,
          gpu_memory_used: 14_336,
          gpu_memory_total: GPU_MEMORY_MIB,
        })
        if (random() < 0.01) log.logger.warning('gradient_overflow', { epoch, step, loss_scale: 32_768 })
        yield
      }
      const reached = expectedLoss(epoch, STEPS_PER_EPOCH)
      log.logValidation({
        epoch,
        val_loss: around(random, reached * 1.1, 0.02, 4),
        val_accuracy: around(random, 1 - reached / 4, 0.01, 4),
      })
      yield
      const avg_loss = Number((lossSum / STEPS_PER_EPOCH).toFixed(4))
      log.logEpochEnd({ epoch, avg_loss, time_elapsed: (now() - started) / 1000 })
      yield
    }
  }
}

function expectedLoss(epoch: number, step: number): number {
  return 2.2 * Math.exp(-((epoch - 1) * STEPS_PER_EPOCH + step) / 150) + 0.08
}

function simulatedGpus(random: Random) {
  return Array.from({ length: GPUS }, (_, gpu_id) => {
    const percent = around(random, 55 + gpu_id * 10, 8, 1)
    return {
      gpu_id,
      gpu_memory_used: Math.round((GPU_MEMORY_MIB * percent) / 100),
      gpu_memory_total: GPU_MEMORY_MIB,
      gpu_memory_percent: percent,
      gpu_utilization: around(random, 72, 25, 1),
      temperature: Math.round(around(random, gpu_id === 3 ? 78 : 64, 8, 0)),
      power_watts: around(random, 270, 60, 1),
      gpu_name: 'Tesla V100-SXM2-32GB',
    }
  })
}
