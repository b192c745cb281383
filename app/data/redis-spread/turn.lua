-- Sets up a signpost, turns it or takes it down, if it still says what it said before.
-- KEYS[1] the signpost
-- ARGV[1] what it said; '' if there was none   ARGV[2] what it is to say; '' to take it down
-- Answers 1 if it was done, 0 if it says something else by now.
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then
  return 0
end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[2])
end
return 1
