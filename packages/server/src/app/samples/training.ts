import { around, defineWorkload } from './workload.ts'

const STEPS_PER_EPOCH = 120
const EPOCHS = 5

/** A fine-tuning run: steps with falling loss, a validation at the end of each epoch, now and then a warning. */
export const training = defineWorkload({
  name: 'training',
  labels: { job: 'training', service: 'mlops', service_name: 'trainer' },
  share: 3,
  open: (random) => {
    let step = 0
    let epochEnd = false
    return (timestamp) => {
      const base = { timestamp, level: 'INFO' }
      const epoch = Math.floor(step / STEPS_PER_EPOCH) + 1
      const expectedLoss = 2.2 * Math.exp(-step / 150) + 0.08
      if (epochEnd) {
        epochEnd = false
        return JSON.stringify({
          ...base,
          message: 'validation',
          epoch: epoch - 1,
          val_loss: around(random, expectedLoss * 1.1, 0.02, 4),
          val_accuracy: around(random, 1 - expectedLoss / 4, 0.01, 4),
        })
      }
      step++
      if (step % STEPS_PER_EPOCH === 0) epochEnd = true
      if (step >= STEPS_PER_EPOCH * EPOCHS) step = 0
      if (random() < 0.01) {
        return JSON.stringify({
          ...base,
          level: 'WARNING',
          message: 'gradient_overflow',
          epoch,
          step,
          loss_scale: 32768,
        })
      }
      return JSON.stringify({
        ...base,
        message: 'training_step',
        epoch,
        step,
        loss: Math.max(0.01, around(random, expectedLoss, 0.05, 4)),
        learning_rate: 0.0001,
        gpu_memory_used: 14336,
        gpu_memory_total: 31744,
      })
    }
  },
})
