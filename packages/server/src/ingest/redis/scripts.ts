/** Programs that Redis runs as a whole; what they change is in its log as a whole, too. */

/**
 * Moves elements of a list into the list of those that are under way, whose first element then is the batch's id.
 * KEYS: lease, list, list under way, streams that mirror the lists. ARGV: reader, milliseconds of the lease, elements at
 * most, bytes at most, id for a new batch, end to take from.
 * Answers `held` with the holder, `mirrored`, or `batch` with the id and the elements: of the batch that was left, else of
 * a new one, which may be empty.
 */
export const TAKE = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return {'held', holder} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
if redis.call('EXISTS', KEYS[3]) == 1 then
  local left = redis.call('LRANGE', KEYS[3], 0, -1)
  table.insert(left, 1, 'batch')
  return left
end
for i = 4, #KEYS do
  if redis.call('TYPE', KEYS[i]).ok == 'stream' then
    local info = redis.call('XINFO', 'STREAM', KEYS[i])
    for j = 1, #info, 2 do
      if info[j] == 'last-generated-id' and info[j + 1] ~= '0-0' then return {'mirrored'} end
    end
  end
end
local taken = {'batch', ARGV[5]}
local bytes = 0
for i = 1, tonumber(ARGV[3]) do
  local element = redis.call('LMOVE', KEYS[2], KEYS[3], ARGV[6], 'RIGHT')
  if not element then break end
  taken[#taken + 1] = element
  bytes = bytes + #element
  if bytes >= tonumber(ARGV[4]) then break end
end
if #taken > 2 then redis.call('LPUSH', KEYS[3], ARGV[5]) end
return taken
`

/** Forgets a batch that is stored. KEYS: list under way. ARGV: id of the batch. */
export const DONE = `
if redis.call('LINDEX', KEYS[1], 0) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`

/** Renews the lease (milliseconds > 0) or gives it up (0). KEYS: lease. ARGV: reader, milliseconds. */
export const LEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`
