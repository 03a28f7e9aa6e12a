import { expect, test } from 'vitest'
import { getLogger } from '../index.ts'
import { fixture } from './testing/fixture.ts'
import { TrainingLogger } from './training-logger.ts'

/** The record of the ML guide, beside what every file has. */
const STEP = {
  epoch: 1,
  step: 100,
  loss: 0.234,
  learning_rate: 0.0001,
  gpu_memory_used: 14336,
  gpu_memory_total: 31744,
}

test('a run goes to its own file, field by field as the ML guide has it', async () => {
  const { hierarchy, logDirectory, now, files, lines } = fixture()
  const training = new TrainingLogger('llama3_qlora', { hierarchy, logDirectory, now })
  training.logEpochStart({ epoch: 1, total_epochs: 3 })
  training.logStep(STEP)
  training.logValidation({ epoch: 1, val_loss: 0.245, val_accuracy: 0.89 })
  training.logEpochEnd({ epoch: 1, avg_loss: 0.24, time_elapsed: 3600 })
  await training.close()
  expect(files()).toEqual(['training/llama3_qlora_20251220_120000.log'])
  const common = {
    timestamp: new Date(now()).toISOString(),
    level: 'INFO',
    logger: 'training.llama3_qlora',
    run_id: 'llama3_qlora_20251220_120000',
  }
  expect(lines()).toEqual([
    { ...common, message: 'training_epoch_start', epoch: 1, total_epochs: 3 },
    { ...common, message: 'training_step', ...STEP },
    { ...common, message: 'training_validation', epoch: 1, val_loss: 0.245, val_accuracy: 0.89 },
    { ...common, message: 'training_epoch_end', epoch: 1, avg_loss: 0.24, time_elapsed: 3600 },
  ])
})

test('a loss that is no number is in the file as such, further fields too, absent GPU fields are not', async () => {
  const { hierarchy, logDirectory, now, lines } = fixture()
  const training = new TrainingLogger('x', { hierarchy, logDirectory, now, runId: 'r1' })
  training.logStep({ epoch: 1, step: 1, loss: Number.NaN, learning_rate: 1e-5, grad_norm: 3 })
  training.logStep({ epoch: 1, step: 2, loss: Number.POSITIVE_INFINITY, learning_rate: 1e-5 })
  await training.flush()
  const [first, second] = lines()
  expect(first).toMatchObject({ loss: 'NaN', grad_norm: 3, run_id: 'r1' })
  expect(second).toMatchObject({ loss: 'Infinity', step: 2 })
  expect(Object.keys(second ?? {})).not.toContain('gpu_memory_used')
  await training.close()
})

test('records also reach the root; DEBUG of the plain logger only when asked for', async () => {
  const { hierarchy, logDirectory, now, seen } = fixture()
  const training = new TrainingLogger('x', { hierarchy, logDirectory, now, runId: 'r' })
  training.logger.debug('hidden')
  training.logger.warning('plain', { a: 1 })
  training.logEpochStart({ epoch: 1, total_epochs: 1 })
  expect(seen()).toEqual([
    [30, 'plain', { a: 1 }],
    [20, 'training_epoch_start', { epoch: 1, total_epochs: 1, run_id: 'r' }],
  ])
  await training.close()
})

test('two runs of one name at a time have loggers, files and records of their own; a later one has the first name again', async () => {
  const { hierarchy, logDirectory, now, files, lines } = fixture()
  const options = { hierarchy, logDirectory, now }
  const first = new TrainingLogger('run', { ...options, runId: 'a' })
  const second = new TrainingLogger('run', { ...options, runId: 'b' })
  first.logEpochStart({ epoch: 1, total_epochs: 1 })
  second.logEpochStart({ epoch: 1, total_epochs: 1 })
  await Promise.all([first.close(), second.close()])
  expect(files()).toEqual(['training/run_20251220_120000.log', 'training/run_20251220_120000_2.log'])
  expect(files().map((file) => lines(file).map(({ run_id, logger }) => [run_id, logger]))).toEqual([
    [['a', 'training.run']],
    [['b', 'training.run#2']],
  ])
  now.pass(1000)
  const third = new TrainingLogger('run', options)
  expect(third.logger.name).toBe('training.run')
  await third.close()
  await third.close()
})

test('names of models are names of files, never of other directories', async () => {
  const { hierarchy, logDirectory, now, files } = fixture()
  for (const name of ['meta-llama/Llama-3:8B', '../../etc/passwd', '한국어 모델']) {
    const training = new TrainingLogger(name, { hierarchy, logDirectory, now })
    training.logEpochStart({ epoch: 1, total_epochs: 1 })
    await training.close()
  }
  expect(files().sort()).toEqual([
    'training/__.._etc_passwd_20251220_120000.log',
    'training/meta-llama_Llama-3_8B_20251220_120000.log',
    'training/한국어_모델_20251220_120000.log',
  ])
  expect(() => new TrainingLogger('', { hierarchy, logDirectory })).toThrow('the name of a domain logger is empty')
})

test('LOG_DIRECTORY, then LOG_DIR, name the directory, as for configurations; an option wins', async () => {
  const { hierarchy, logDirectory, now } = fixture()
  const { LOG_DIR, LOG_DIRECTORY } = process.env
  const pathWith = async (env: { LOG_DIR?: string; LOG_DIRECTORY?: string }, option = {}) => {
    delete process.env.LOG_DIR
    delete process.env.LOG_DIRECTORY
    Object.assign(process.env, env)
    const training = new TrainingLogger('x', { hierarchy, now, ...option })
    await training.close()
    return training.path
  }
  try {
    const file = 'training/x_20251220_120000.log'
    expect(await pathWith({ LOG_DIR: `${logDirectory}/a`, LOG_DIRECTORY: `${logDirectory}/b` })).toBe(
      `${logDirectory}/b/${file}`,
    )
    expect(await pathWith({ LOG_DIR: `${logDirectory}/a` })).toBe(`${logDirectory}/a/${file}`)
    expect(await pathWith({ LOG_DIR: `${logDirectory}/a` }, { logDirectory: `${logDirectory}/c` })).toBe(
      `${logDirectory}/c/${file}`,
    )
  } finally {
    for (const [name, value] of Object.entries({ LOG_DIR, LOG_DIRECTORY })) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
})

test('with a logger of the caller no file is made', async () => {
  const { hierarchy, logDirectory, now, files, seen } = fixture()
  const logger = hierarchy.getLogger('mine').setLevel('INFO')
  const training = new TrainingLogger('x', { logger, logDirectory, now, runId: 'r' })
  training.logEpochEnd({ epoch: 1, avg_loss: 1, time_elapsed: 2 })
  await training.close()
  expect([files(), training.path, logger.level]).toEqual([[], undefined, 20])
  expect(seen()).toHaveLength(1)
})

test('the end of a block closes it', async () => {
  const given = fixture()
  let logger: TrainingLogger['logger']
  {
    await using training = new TrainingLogger('x', given)
    logger = training.logger
    expect(logger.handlers).toHaveLength(1)
  }
  expect(logger.handlers).toHaveLength(0)
})

test('without a hierarchy the loggers are those of getLogger', async () => {
  const { logDirectory } = fixture()
  const training = new TrainingLogger('process-wide', { logDirectory })
  expect(training.logger).toBe(getLogger('training.process-wide'))
  await training.close()
})
