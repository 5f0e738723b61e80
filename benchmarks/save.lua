-- Founders who save step after step. Each thread of wrk has one connection and is one founder,
-- so it knows what was answered, and so which version of the answers its next form is based on.
-- The saves go round; each one's answers differ from those that the round before left.
dofile("benchmarks/plan.lua")

local plan, token, version
saved, refused = 0, 0

function init(args)
  plan = read_plan(args[1])
  token, version = plan.writer[number][1], tonumber(plan.writer[number][2])
end

-- Only looks at the version, so that asking twice (wrk does, at its start and after a lost
-- connection) gives the same request twice, which the site saves once.
function request()
  local save = plan.save[(version - 1) % #plan.save + 1]
  local address = "/a/" .. token .. "/" .. save[1] .. "/"
  return wrk.format("POST", address, plan.header, save[2] .. "&version=" .. version)
end

function response(status)
  if status == 302 then
    saved, version = saved + 1, version + 1
  else
    refused = refused + 1
  end
end
