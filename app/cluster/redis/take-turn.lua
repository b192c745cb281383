-- Takes a namespace's turn, unless another node has it or waits for it longer.
-- KEYS[1] who has the turn   KEYS[2] who waits for it   KEYS[3] the nodes with clients in the namespace
-- ARGV[1] this node   ARGV[2] for how long, in milliseconds   ARGV[3] how long a wish to have it stands
-- Answers the nodes of KEYS[3]; false if it is not to be had now. What this node has left of an earlier
-- try is its own.
local holder = redis.call('GET', KEYS[1])
local first = redis.call('GET', KEYS[2])
if (holder and holder ~= ARGV[1]) or (first and first ~= ARGV[1]) then
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[3], 'NX')
  return false
end
if first then
  redis.call('DEL', KEYS[2])
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return redis.call('SMEMBERS', KEYS[3])
