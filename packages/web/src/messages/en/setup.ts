import { messages as agents } from './agents.ts'
import { messages as sources } from './sources.ts'
import { messages as targets } from './targets.ts'

/** English texts of the set-up page and of the pages of sources and agents. */
export const messages = {
  ...sources,
  ...agents,
  ...targets,

  'setup.title': 'Send your first logs',
  'setup.lead': 'Copy one of these, run it, and watch the light turn green.',
  'setup.waiting': 'Waiting for the first line',
  'setup.waitingHint': 'Girok’s own log and the sample data do not count.',
  'setup.arrived': 'Logs are arriving',
  'setup.arrivedFrom': 'First line by {receiver}, sent by {sender}, {when}',
  'setup.count': '{count} {n|line|lines} since the start',
  'setup.look': 'See the logs',
  'setup.send': 'Send logs',
  'setup.shell': 'shell',
  'setup.token': 'This server takes lines only with a token:',
  'setup.others': 'More protocols, and how each of them does:',
  'setup.rejected': 'Nothing arrived?',
  'setup.rejectedNone': 'No request was refused. If nothing arrives, the sender does not reach this address.',
  'setup.time': 'Time',
  'setup.receiver': 'Receiver',
  'setup.status': 'Status',
  'setup.reason': 'Reason',
  'setup.next': 'Next steps',
  'setup.next.read': 'Read the logs',
  'setup.next.readHint': 'Search, filter by clicking, look around a line.',
  'setup.next.tail': 'Watch them live',
  'setup.next.tailHint': 'New lines as they come, counted honestly.',
  'setup.next.errors': 'Find the errors',
  'setup.next.errorsHint': 'Everything at level error or above.',

  'sample.title': 'Sample data',
  'sample.what':
    'A training run, LLM inference, GPUs, an HTTP API and ad events, for looking around. Each line carries',
  'sample.running': 'On, {rate} lines/s',
  'sample.stopped': 'Off',
  'sample.start': 'Start',
  'sample.stop': 'Stop',
  'sample.remove': 'Remove all samples',
  'sample.removeSure': 'Remove them for good',
} as const
