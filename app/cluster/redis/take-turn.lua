-- Takes a namespace's turn, unless another node has it or waits for it longer.
-- KEYS[1] who has the turn   KEYS[2] who waits for it   KEYS[3] the nodes with clients in the namespace
-- ARGV[1] this node   ARGV[2] for how long, in milliseconds   ARGV[3] how long a wish to have it stands
-- ARGV[4] a node that is gone: it has and wants nothing any more; '' if none
-- Answers the nodes of KEYS[3], or, as a text, the node on which this one waits. What this node has left
-- of an earlier try is its own.
local holder = redis.call('GET', KEYS[1])
local first = redis.call('GET', KEYS[2])
if holder == ARGV[4] then
  holder = false
end
if first == ARGV[4] then
  first = false
end
if (holder and holder ~= ARGV[1]) or (first and first ~= ARGV[1]) then
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[3], 'NX')
  return holder or first
end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return redis.call('SMEMBERS', KEYS[3])
