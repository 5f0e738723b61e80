-- Asks for the plan's pages in turn. A page may come with the ETag that the visitor has.
dofile("benchmarks/plan.lua")

local asked, requests = 0, {}

function init(args)
  local plan = read_plan(args[1])
  for number, page in ipairs(plan.page) do
    local headers = {}
    for name, value in pairs(plan.header) do headers[name] = value end
    if page[2] ~= "" then headers["If-None-Match"] = page[2] end
    requests[number] = wrk.format("GET", page[1], headers)
  end
end

function request()
  asked = asked + 1
  return requests[asked % #requests + 1]
end
