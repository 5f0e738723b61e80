-- What both scripts for wrk share: reading the plan, and reporting as one line of JSON.
-- A plan is a text file; the fields of a line are separated by tabs, the first says what it is.

function read_plan(file)
  local plan = {header = {}, page = {}, writer = {}, save = {}, body = {}}
  for line in io.lines(file) do
    local what, first, second = line:match("^([^\t]+)\t([^\t]*)\t?(.*)$")
    if what == "header" then
      plan.header[first] = second
    else
      table.insert(plan[what], {first, second})
    end
  end
  return plan
end

local threads = {}

function setup(thread)
  table.insert(threads, thread)
  thread:set("number", #threads)
end

function done(summary, latency)
  local e, saved, refused = summary.errors, {}, 0
  for number, thread in ipairs(threads) do
    saved[number] = thread:get("saved") or 0
    refused = refused + (thread:get("refused") or 0)
  end
  local errors = e.connect + e.read + e.write + e.timeout + e.status
  print(string.format(
    '{"requests": %d, "microseconds": %d, "p99": %d, "errors": %d, "refused": %d, "saved": [%s]}',
    summary.requests, summary.duration, latency:percentile(99), errors, refused,
    table.concat(saved, ",")))
end
