import { once } from 'node:events'
import { createAgent } from '../app/agent.ts'
import { createAgentLogging } from '../app/logging.ts'
import type { InputContext } from '../model/input.ts'
import { defineCommand, EXIT } from './command.ts'
import { CONFIG_FLAGS, configurationOf } from './configuration.ts'

export const run = defineCommand({
  name: 'run',
  summary: 'Collect and ship, until stopped. The command when none is given.',
  flags: CONFIG_FLAGS,
  examples: [
    ['girok-agent --config girok-agent.yaml', 'by a configuration; SIGHUP or a change of the file reloads it'],
    ["girok-agent --url http://127.0.0.1:4100 --file 'logs/**/*.log'", 'files, without a configuration'],
    ['python train.py | girok-agent --stdin --label job=training', 'what a program prints, to its end'],
    ['girok-agent --promtail-config promtail.yaml', 'as Promtail would'],
  ],
  async run(context) {
    const { io } = context
    const first = await configurationOf(context)
    const logging = createAgentLogging(first.settings.log)
    const logger = logging.getLogger('girok.agent')
    const log: InputContext['log'] = (level, message, fields) => logger[level](message, fields)
    // What was read for the log is what the agent starts with; later it is read anew.
    let read: typeof first | undefined = first
    const load = async () => {
      const config = read ?? (await configurationOf(context))
      read = undefined
      return config
    }
    const agent = createAgent({ load, log })
    await agent.start()
    const unhook = io.onHangup(() => void agent.reload().catch(() => undefined))
    try {
      if (!io.interrupted.aborted) await Promise.race([once(io.interrupted, 'abort'), agent.finished()])
    } finally {
      unhook()
      await agent.stop()
      await logging.close()
    }
    return EXIT.ok
  },
})
