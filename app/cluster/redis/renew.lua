-- Renews a node's lease.
-- KEYS[1] the nodes, by the end of their leases   KEYS[2] the mark of this register
-- ARGV[1] this node   ARGV[2] for how long, in milliseconds   ARGV[3] a mark, if there is none yet
-- Answers {1 if the lease still ran or is new to the register, the mark and which Redis has it, the dead
-- nodes}. Another Redis, or the same one started again, may not have the last changes.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('SET', KEYS[2], ARGV[3], 'NX')
local known = redis.call('ZSCORE', KEYS[1], ARGV[1])
local ran = (known and tonumber(known) >= now) and 1 or 0
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
local dead = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
return { ran, redis.call('GET', KEYS[2]) .. ' ' .. run, dead }
