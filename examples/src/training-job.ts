import { SystemMonitor, TrainingLogger } from '@girok/sdk/domains'
import { createCards } from './gpus.ts'
import { type TrainingMeters, trainingMeters } from './training-meters.ts'
import { around, metersOf, onStage, type Stage, type Workload } from './workload.ts'

const EPOCHS = 5
const STEPS_PER_EPOCH = 120
const STEPS = EPOCHS * STEPS_PER_EPOCH
const WARMUP_STEPS = 60
const SAMPLES_PER_STEP = 16
const GPU_MEMORY_MIB = 31_744
/** A look at the GPUs after so many training steps. */
const STEPS_PER_READING = 12

/** What a run is started with. */
interface Settings {
  readonly name: string
  readonly learningRate: number
  /** Steps in which the loss falls to a third. */
  readonly pace: number
  /** Below this the loss does not come. */
  readonly floor: number
  readonly gpuMemoryMib: number
}

/** Three settings of one task, so that there is something to compare. */
const RUNS: readonly Settings[] = [
  { name: 'llama3_qlora', learningRate: 0.0001, pace: 150, floor: 0.08, gpuMemoryMib: 14_336 },
  { name: 'mistral_lora', learningRate: 0.0002, pace: 110, floor: 0.17, gpuMemoryMib: 19_800 },
  { name: 'qwen2_lora', learningRate: 0.00005, pace: 220, floor: 0.11, gpuMemoryMib: 17_150 },
]

/** Fine-tunes models that are not there: the loss falls, gradients overflow now and then, one card runs hot. */
export const trainingJob: Workload = {
  name: 'training-job',
  summary: 'An ML training job: steps, validations, epochs of three runs, and the GPUs that they run on.',
  labels: {
    training: { job: 'training', service: 'mlops', service_name: 'trainer' },
    system: { job: 'system', service: 'mlops', service_name: 'gpu-monitor' },
  },
  share: 6,
  open(stage) {
    const meters = trainingMeters(metersOf(stage, { job: 'training', instance: 'gpu-1:8003' }))
    const cards = createCards('gpu-1', stage)
    const runs = RUNS.map((settings) => {
      const log = new TrainingLogger(settings.name, onStage(stage, `training.${settings.name}`))
      return { log, job: trainForEver(stage, settings, log, meters) }
    })
    const monitor = new SystemMonitor('gpu_monitor', {
      ...onStage(stage, 'system.gpu_monitor'),
      cpu: false,
      memory: false,
      disks: [],
      // On a machine with cards this line goes, and nvidia-smi is asked.
      readGpus: async () => cards.read(),
    })
    let steps = 0
    return {
      async step() {
        const turn = steps++
        if (turn % STEPS_PER_READING === 0) await monitor.logAllMetrics()
        else await runs[turn % runs.length]?.job.next()
      },
      async close() {
        for (const { log } of runs) await log.close()
        await monitor.close()
      },
    }
  },
}

async function* trainForEver(
  { random, now, sleep }: Stage,
  settings: Settings,
  log: TrainingLogger,
  meters: TrainingMeters,
): AsyncGenerator<void, never> {
  const { name } = settings
  for (;;) {
    for (let epoch = 1; epoch <= EPOCHS; epoch++) {
      const started = now()
      let lossSum = 0
      log.logEpochStart({ epoch, total_epochs: EPOCHS })
      yield
      for (let step = 1; step <= STEPS_PER_EPOCH; step++) {
        await sleep(around(random, 300, 100, 0))
        const done = (epoch - 1) * STEPS_PER_EPOCH + step
        const loss = Math.max(0.01, around(random, expectedLoss(settings, done), 0.05, 4))
        const learning_rate = scheduledRate(settings, done)
        const gpu_memory_used = settings.gpuMemoryMib + Math.round(around(random, 0, 240, 0))
        lossSum += loss
        log.logStep({ epoch, step, loss, learning_rate, gpu_memory_used, gpu_memory_total: GPU_MEMORY_MIB })
        meters.step(name, { epoch, step: done, loss, learning_rate, gpu_memory_used, samples: SAMPLES_PER_STEP })
        if (random() < 0.01) log.logger.warning('gradient_overflow', { epoch, step, loss_scale: 32_768 })
        yield
      }
      const reached = expectedLoss(settings, epoch * STEPS_PER_EPOCH)
      const val_loss = around(random, reached * 1.1, 0.02, 4)
      const val_accuracy = around(random, 1 - reached / 4, 0.01, 4)
      log.logValidation({ epoch, val_loss, val_accuracy })
      meters.validation(name, val_loss, val_accuracy)
      yield
      const avg_loss = Number((lossSum / STEPS_PER_EPOCH).toFixed(4))
      log.logEpochEnd({ epoch, avg_loss, time_elapsed: (now() - started) / 1000 })
      yield
    }
  }
}

function expectedLoss({ pace, floor }: Settings, step: number): number {
  return 2.2 * Math.exp(-step / pace) + floor
}

/** Rises from nothing, then falls along half a cosine. */
function scheduledRate({ learningRate }: Settings, step: number): number {
  const rate =
    step < WARMUP_STEPS
      ? (learningRate * step) / WARMUP_STEPS
      : (learningRate / 2) * (1 + Math.cos((Math.PI * (step - WARMUP_STEPS)) / (STEPS - WARMUP_STEPS)))
  return Number(rate.toPrecision(4))
}
