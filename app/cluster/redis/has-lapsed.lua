-- Whether a node's lease has run out, by the clock that it runs by.
-- KEYS[1] the nodes, by the end of their leases
-- ARGV[1] that node
-- Answers 1 if it has, or if the node is not known.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = redis.call('ZSCORE', KEYS[1], ARGV[1])
return (lease and tonumber(lease) >= now) and 0 or 1
