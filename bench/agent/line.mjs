const PATHS = ['/v1/models', '/v1/completions', '/healthz', '/v1/chat/completions']

/** A line of a log as programs write it, about 150 bytes, with its end. */
export const line = (n) =>
  `{"timestamp":"2026-11-21T10:00:00.${String(n % 1_000).padStart(3, '0')}Z","level":"info","event":"request_end","path":"${PATHS[n % 4]}","status":200,"duration_ms":${(n * 7919) % 1_000},"request_id":"req-${n}"}\n`
