-- Runs commands if what was read before has not changed meanwhile: all of them, or none.
-- KEYS    none declared: they all lie in one hash slot
-- ARGV[1] how many conditions; each: how many words, the words of a command that reads, what it answered
-- then    until the end: how many words, the words of a command that writes
-- Answers 1 if it was done, 0 if something has changed. What is not there reads as ''.
local at = 2
local function words()
  local count = tonumber(ARGV[at])
  local first = at + 1
  at = first + count
  return unpack(ARGV, first, first + count - 1)
end
for _ = 1, tonumber(ARGV[1]) do
  local answer = redis.call(words())
  if tostring(answer or '') ~= ARGV[at] then
    return 0
  end
  at = at + 1
end
while at <= #ARGV do
  redis.call(words())
end
return 1
