-- Sends the plan's bodies in turn, each to its address.
dofile("benchmarks/plan.lua")

local sent, requests = 0, {}

function init(args)
  local plan = read_plan(args[1])
  for number, body in ipairs(plan.body) do
    requests[number] = wrk.format("POST", body[1], plan.header, body[2])
  end
end

function request()
  sent = sent + 1
  return requests[sent % #requests + 1]
end
