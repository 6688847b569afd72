/** One parser as the fuzzer sees it, and what all of them share. */
import { readFileSync } from "node:fs";
import type { Graph, ValueId } from "../../../src/graph/graph.ts";
import { optimize } from "../../../src/graph/optimize.ts";
import { readParameter } from "../../../src/graph/parameter.ts";
import { makePlan } from "../../../src/graph/plan.ts";
import { choiceFor } from "../../../src/graph/tuning.ts";
import type { LoadedGraph } from "../../../src/load/index.ts";
import { elements } from "../../../src/shape.ts";

export interface Target {
  /** Files that begin the search: small ones, of every kind. */
  readonly seeds: () => Promise<readonly Uint8Array[]>;
  /** Reads bytes as a file and does with it what users do next. */
  readonly read: (bytes: Uint8Array) => Promise<unknown>;
}

/** A file of test/golden; tests and the fuzzer run in the repository's root. */
export const golden = (path: string): Uint8Array => new Uint8Array(readFileSync(`test/golden/${path}`));

/** Weights with more numbers are left where they are: reading them finds nothing that fewer do not. */
const MOST_NUMBERS = 2 ** 16;

/** What loading a model goes on to: the weights are read, the network is optimised, and forward and backward are planned. */
export async function use(loaded: LoadedGraph): Promise<void> {
  try {
    for (const { parameter, shape } of loaded.graph.values) {
      if (parameter && elements(shape) <= MOST_NUMBERS) await readParameter(parameter);
    }
    plan(loaded.graph);
  } finally {
    await loaded.close();
  }
}

function plan(graph: Graph): void {
  const [seed] = graph.outputs as readonly [ValueId];
  const kept = new Set([...graph.outputs, ...graph.inputs]);
  const optimised = optimize(graph, kept, { folds: new Map(), algorithms: choiceFor("simd", undefined) });
  makePlan(optimised, { batch: 1, keep: graph.outputs, seed, wrt: graph.inputs });
}
