-- Says which Redis this is, and whether it has kept what it had.
-- KEYS[1] the mark of what lies here
-- ARGV[1] a mark, if there is none yet
-- Answers the mark and which Redis has it. Another Redis, or the same one started again, may not have the
-- last changes.
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return redis.call('GET', KEYS[1]) .. ' ' .. string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
