-- Gives a namespace's turn back, and says whether this node has clients in it.
-- KEYS[1] who has the turn   KEYS[2] the nodes with clients in the namespace
-- ARGV[1] this node   ARGV[2] '1' it has clients there, '0' it has none
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
if ARGV[2] == '1' then
  redis.call('SADD', KEYS[2], ARGV[1])
else
  redis.call('SREM', KEYS[2], ARGV[1])
end
return 1
