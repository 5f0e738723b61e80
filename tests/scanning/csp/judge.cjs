// Reads a content security policy a line, and writes what Google's evaluator thinks of each, as JSON.
const { readFileSync } = require("node:fs");
const { CspEvaluator } = require("csp_evaluator/dist/evaluator.js");
const { CspParser } = require("csp_evaluator/dist/parser.js");
const { Version } = require("csp_evaluator/dist/csp.js");
const { Severity, Type } = require("csp_evaluator/dist/finding.js");

function judged(policy) {
  const findings = new CspEvaluator(new CspParser(policy).csp, Version.CSP3).evaluate();
  return findings.map((finding) => ({
    severity: Severity[finding.severity],
    type: Type[finding.type],
    directive: finding.directive,
    value: finding.value ?? "",
  }));
}

const policies = readFileSync(0, "utf8").split("\n").filter(Boolean);
console.log(JSON.stringify(policies.map(judged)));
