import type { AgentSource, AgentsResponse, ListedAgent } from '@girok/server/contract'

const minute = 60_000

function agent(id: string, nowMs: number, more: Partial<ListedAgent> = {}): ListedAgent {
  return {
    id,
    name: id,
    version: '0.1.0',
    startedMs: nowMs - 3 * 60 * minute,
    intervalMs: 15_000,
    lastSeenMs: nowMs - 4000,
    state: 'connected',
    configuration: { file: '/etc/girok-agent.yaml', loadedMs: nowMs - 3 * 60 * minute },
    inputs: [],
    dropped: [],
    spool: {
      bytes: 96 * 1024 * 1024,
      maxBytes: 1024 * 1024 * 1024,
      waitingBytes: 0,
      evicted: { full: 0, age: 0 },
      corrupt: { records: 0, count: 0 },
    },
    destinations: [
      {
        name: 'girok',
        url: 'http://127.0.0.1:4100',
        sent: 48_211,
        rejected: 0,
        backlogBytes: 0,
        backlogRecords: 0,
        lastOkMs: nowMs - 2000,
      },
    ],
    memoryBytes: 61 * 1024 * 1024,
    cpuSeconds: 21.5,
    ...more,
  }
}

/** Sources of many files, of which few are written. */
export function manySources(count: number, nowMs = Date.now()): AgentSource[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `/srv/logs/many/file-${String(i).padStart(4, '0')}.log`,
    state: i % 10 === 0 ? 'active' : 'idle',
    lastMs: nowMs - i * 1000,
    count: i,
    lagBytes: 0,
  }))
}

/** Sources in every state, a destination that fails, an agent that is silent. */
export function mockAgents(): AgentsResponse {
  const nowMs = Date.now()
  return {
    nowMs,
    tokensRequired: false,
    agents: [
      agent('gpu-01', nowMs, {
        configuration: {
          file: '/etc/girok-agent.yaml',
          loadedMs: nowMs - 60 * minute,
          error: 'line 12: there is no type "fiel" of inputs; did you mean file?',
        },
        inputs: [
          {
            name: 'inference',
            type: 'file',
            sources: [{ name: 'logs/inference/*.log', state: 'waiting', count: 0 }],
            more: 0,
          },
          {
            name: 'training',
            type: 'file',
            more: 3,
            sources: [
              {
                name: 'logs/training/run-41.log',
                state: 'idle',
                lastMs: nowMs - 26 * 60 * minute,
                count: 91_022,
                lagBytes: 0,
                writer: 'python train.py',
              },
              {
                name: 'logs/training/run-42 "final".log',
                state: 'active',
                lastMs: nowMs - 3000,
                count: 12_345,
                lagBytes: 4096,
                writer: 'python train.py',
              },
              {
                name: 'logs/training/secret.log',
                state: 'failing',
                count: 0,
                error: '<b>EACCES</b>: the agent may not read it: add its user to the group that owns the file',
              },
            ],
          },
          {
            name: 'gpu',
            type: 'gpu',
            sources: [{ name: 'nvidia-smi', state: 'active', lastMs: nowMs - 1000, count: 880 }],
            more: 0,
          },
        ],
        dropped: [{ input: 'training', stage: 'drop', reason: 'debug', count: 1200 }],
        spool: {
          bytes: 900 * 1024 * 1024,
          maxBytes: 1024 * 1024 * 1024,
          waitingBytes: 80 * 1024 * 1024,
          evicted: { full: 12, age: 0 },
          corrupt: { records: 1, count: 40 },
        },
        destinations: [
          {
            name: 'loki',
            url: 'http://loki:3100',
            sent: 9,
            rejected: 2,
            backlogBytes: 83_886_080,
            backlogRecords: 81,
            lastError: 'connect ECONNREFUSED 10.0.0.7:3100',
          },
        ],
      }),
      agent('web-01', nowMs, {
        name: '웹 서버 1',
        lastSeenMs: nowMs - 12 * minute,
        state: 'silent',
        inputs: [
          {
            name: 'file[0]',
            type: 'file',
            sources: [
              {
                name: '/var/log/nginx/access.log',
                state: 'active',
                lastMs: nowMs - 12 * minute,
                count: 5,
                lagBytes: 0,
              },
            ],
            more: 0,
          },
        ],
      }),
    ],
  }
}
