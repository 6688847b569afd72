/** No operator without its twin, its cases, a test of each of its gradients and a line of documentation. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ops, type OpType } from "../src/ops/index.ts";
import type { Op } from "../src/ops/op.ts";
import { twins } from "./reference/index.ts";
import { cases } from "./ops/cases/index.ts";
import { inputNames } from "./ops/laboratory.ts";
import { gradientTrials, type Sample } from "./ops/op-case.ts";
import { seeded } from "./support/random.ts";

const documentation = readFileSync(new URL("../docs/operators.md", import.meta.url), "utf8");

/** First cells of the table rows. */
const documentedOperators = [...documentation.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name);

/** Every call that the gradient test draws for this operator. */
const gradientSamples = (type: OpType): Sample<unknown>[] =>
  cases
    .filter(({ op }) => op === type)
    .flatMap((testCase) => gradientTrials(testCase).map((trial) => testCase.sample(seeded(trial), trial)));

/** Names of the inputs that some drawn call gives and whose gradient is therefore checked. */
function checkedInputs(op: Op, samples: readonly Sample<unknown>[]): Set<string> {
  const given = samples.flatMap(({ inputs }) => inputNames(op, inputs.length).filter((_, i) => inputs[i]));
  return new Set(given);
}

describe.each(Object.keys(ops) as OpType[])("operator %s", (type) => {
  const op = ops[type] as Op;

  it("has an f64 twin", () => {
    expect(twins[type]).toBeTypeOf("function");
  });

  it("has a test case", () => {
    expect(cases.map((testCase) => testCase.op)).toContain(type);
  });

  it("has a gradient case for every input that has a gradient", () => {
    const samples = gradientSamples(type);
    const promised = new Set(samples.flatMap(({ attrs }) => Object.keys(op.reads(attrs))));
    expect([...promised].filter((name) => !checkedInputs(op, samples).has(name))).toEqual([]);
  });

  it("reads only its own inputs and y in backward", () => {
    const known = new Set([...inputNames(op, op.inputs.length), "y"]);
    const read = gradientSamples(type).flatMap(({ attrs }) => Object.entries(op.reads(attrs)).flat(2));
    expect(read.filter((name) => !known.has(name))).toEqual([]);
  });

  it("has a line in docs/operators.md", () => {
    expect(documentedOperators).toContain(type);
  });
});
