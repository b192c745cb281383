-- Forgets a node whose clients others have taken on, unless it lives again.
-- KEYS[1] the nodes, by the end of their leases   KEYS[2] the namespaces in which it had clients
-- ARGV[1] that node
-- Answers 1 if it is forgotten.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = redis.call('ZSCORE', KEYS[1], ARGV[1])
if lease and tonumber(lease) >= now then
  return 0
end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('DEL', KEYS[2])
return 1
