/**
 * No operator without its twin, its cases, a test of each of its gradients and a line of documentation; no method without
 * its source, its options explained and something it is compared with.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { AnyOpType } from "../src/ops/index.ts";
import type { Op } from "../src/ops/op.ts";
import { attributeMethods } from "../src/attribute/index.ts";
import { camMethods } from "../src/cam/index.ts";
import { methodCalled, METHODS } from "../src/methods.ts";
import { metricCalled, METRICS } from "../src/metrics/index.ts";
import { twins } from "./reference/index.ts";
import { cases } from "./ops/cases/index.ts";
import { inputNames } from "./ops/laboratory.ts";
import { gradientTrials, type Sample } from "./ops/op-case.ts";
import { cases as methodCases } from "./methods/cases.ts";
import { seeded } from "./support/random.ts";
import { allOps } from "./support/all-ops.ts";

const documentation = readFileSync(new URL("../docs/operators.md", import.meta.url), "utf8");

/** First cells of the table rows. */
const documentedOperators = [...documentation.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name);

/** Every call that the gradient test draws for this operator. */
const gradientSamples = (type: AnyOpType): Sample<unknown>[] =>
  cases
    .filter(({ op }) => op === type)
    .flatMap((testCase) => gradientTrials(testCase).map((trial) => testCase.sample(seeded(trial), trial)));

/** Names of the inputs that some drawn call gives and whose gradient is therefore checked. */
function checkedInputs(op: Op, samples: readonly Sample<unknown>[]): Set<string> {
  const given = samples.flatMap(({ inputs }) => inputNames(op, inputs.length).filter((_, i) => inputs[i]));
  return new Set(given);
}

describe.each(Object.keys(allOps) as AnyOpType[])("operator %s", (type) => {
  const op = allOps[type] as Op;

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

const kinds = { cam: camMethods, attribute: attributeMethods } as const;

describe.each(Object.entries(kinds))("methods of src/%s", (folder, methods) => {
  const registry = readFileSync(new URL(`../src/${folder}/index.ts`, import.meta.url), "utf8");
  const files = [...registry.matchAll(/^import \{ (\w+) \} from "\.\/(.+)";$/gm)].map(([, variable, file]) => ({
    variable,
    text: readFileSync(new URL(`../src/${folder}/${file!}`, import.meta.url), "utf8"),
  }));

  it("are one to a file", () => {
    expect(files).toHaveLength(Object.keys(methods).length);
  });

  it.each(files)("$variable says where its formula comes from", ({ text }) => {
    expect(text).toMatch(/\* .*https:\/\/\S+/);
  });
});

describe("metrics of src/metrics", () => {
  const registry = readFileSync(new URL("../src/metrics/index.ts", import.meta.url), "utf8");
  const documented = readFileSync(new URL("../docs/metrics.md", import.meta.url), "utf8");

  it.each(METRICS)(
    "%s is one file that says where its formula comes from, called by its own name and documented",
    (name) => {
      const text = readFileSync(new URL(`../src/metrics/${name}.ts`, import.meta.url), "utf8");
      expect(registry).toContain(`from "./${name}.ts"`);
      expect(text).toMatch(/\* .*https:\/\/\S+/);
      expect(metricCalled(name).name).toBe(name);
      expect(documented).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, "m"));
    },
  );

  it.each(METRICS)("%s explains its options, of which those with one name mean the same", (name) => {
    for (const [option, spec] of Object.entries(metricCalled(name).options ?? {})) {
      expect(spec.about.length).toBeGreaterThan(5);
      expect(documented).toContain(`\`${option}\``);
      for (const other of METRICS) expect(metricCalled(other).options?.[option] ?? spec).toEqual(spec);
    }
  });
});

describe.each(METHODS)("method %s", (name) => {
  const method = methodCalled(name);

  it("is called as the registry calls it", () => {
    expect(method.name).toBe(name);
  });

  it("is compared with something", () => {
    const { parity, instead } = methodCases[name];
    expect(parity.length > 0 || (instead?.length ?? 0) > 0).toBe(true);
  });

  it("explains its options and has defaults that it accepts", () => {
    for (const option of Object.values(method.options ?? {})) {
      expect(option.about.length).toBeGreaterThan(5);
      if ("choices" in option) expect(option.choices).toContain(option.default);
      else expect(option.default).toBeGreaterThanOrEqual(option.min);
    }
  });
});
