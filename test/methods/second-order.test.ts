/** H·A and J·A against f64 twins of the three networks, at every layer: first and last ones, before and behind activations and gates. */
import { describe, expect, it } from "vitest";
import { createModel, type Graph, type Model, type Score } from "../../src/node.ts";
import type { ValueId } from "../../src/graph/graph.ts";
import { besides, readersOf } from "../../src/graph/path.ts";
import { Objective } from "../../src/objective.ts";
import { curvatures, slopes } from "../../src/probe/curvature.ts";
import { curvatureOf } from "../../src/probe/curvature-of-scores.ts";
import { differentiate } from "../../src/score.ts";
import { twins } from "../reference/index.ts";
import { evaluate, parametersOf } from "../reference/network.ts";
import { dot, ndarray, type NDArray, norm, relativeL2, type Twin } from "../reference/ndarray.ts";
import { seeded } from "../support/random.ts";
import { averaged, excited, flattened, input } from "./networks.ts";

/** Of H·A and J·A, in rel-L2. */
const TOLERANCE = 1e-5;
/** Where H is 0 differences find this much of it. */
const ROUNDING = 1e-8;
/** Directions along which vectors are compared: few would miss what is wrong at few positions. */
const DIRECTIONS = 12;

const scores: Readonly<Record<string, Score>> = {
  "a logit": (o) => o.logit(1),
  "a probability": (o) => o.probability(1),
  "a log-probability": (o) => o.logProbability(1),
  "logit + log-probability": (o) => o.logit(1).add(o.logProbability(1)),
  "a difference of logits": (o) => o.logit(1).sub(o.logit(4)),
  "an expression": (o) => o.logit(1).mul(o.logit(2)).add(o.exp().sum().log()).sub(o.probability(3).mul(2)),
};

/** What follows a layer, in f64. */
interface Head {
  /** What the layer answers. */
  readonly a: Float64Array;
  readonly logits: (moved: Float64Array) => Float64Array;
}

async function headOf(graph: Graph, layer: string, a: Float32Array): Promise<Head> {
  const at = graph.layers.find(({ name }) => name === layer)!.output;
  const logits = graph.outputs[0]!;
  const parameters = await parametersOf(graph);
  const { data, shape } = input();
  const all = evaluate(graph, ndarray(shape, Float64Array.from(data)), parameters);
  const beside = besides(graph, at, logits).map((id) => [id, all.get(id)!] as const);
  const nodes = readersOf(graph, at, logits);
  return {
    a: Float64Array.from(a),
    logits: (moved) => {
      const values = new Map<ValueId, NDArray>([...parameters, ...beside, [at, ndarray(all.get(at)!.shape, moved)]]);
      for (const node of nodes) {
        const inputs = node.inputs.map((id) => (id === undefined ? undefined : values.get(id)));
        values.set(node.output, (twins[node.op] as Twin)(inputs, node.attrs));
      }
      return values.get(logits)!.data;
    },
  };
}

const along = (a: Float64Array, step: number, v: Float64Array): Float64Array =>
  a.map((value, i) => value + step * v[i]!);

/** J·v: 1e-6 flips no unit, and leaves an error of 1e-10. */
function slopeAlong({ a, logits }: Head, v: Float64Array): Float64Array {
  const [ahead, behind] = [logits(along(a, 1e-6, v)), logits(along(a, -1e-6, v))];
  return ahead.map((value, c) => (value - behind[c]!) / 2e-6);
}

const seen = (values: Float64Array) => ({ logits: values, classes: values.length, link: "softmax" as const });

/** wᵀ·H·A of a head that is linear piece by piece: (J·w)ᵀ·∇²s·(J·A). */
function bentPiecewise(head: Head, score: Score, w: Float64Array): number {
  const values = head.logits(head.a);
  return dot(slopeAlong(head, w), curvatureOf(score, seen(values), slopeAlong(head, head.a)));
}

/** The same where nothing has a corner: a mixed difference of the score, extrapolated to steps of 0. */
function bentSmooth({ a, logits }: Head, score: Score, w: Float64Array): number {
  const mixed = (h: number): number => {
    const at = (s: number, t: number): number => {
      const values = logits(along(along(a, s, a), t, w));
      return differentiate(score, values, values.length).value;
    };
    return (at(h, h) - at(h, -h) - at(-h, h) + at(-h, -h)) / (4 * h * h);
  };
  return (4 * mixed(2 ** -9) - mixed(2 ** -8)) / 3;
}

interface Found {
  readonly a: Float32Array;
  readonly slope: Float64Array;
  readonly bent: readonly Float32Array[];
  readonly isExact: boolean;
}

function found(model: Model, layer: string): Promise<Found> {
  return model.ask(input(), [layer], async (answers) => {
    const objectives = Object.values(scores).map((score) => new Objective(score, answers.logits, "softmax"));
    const slope = await slopes(answers, layer);
    const bent = await curvatures(answers, objectives, layer, slope);
    return { a: answers.activation(layer).data, slope: slope.values, bent, isExact: slope.tangent !== undefined };
  });
}

/** `tied`: zeros of a ReLU that are pooled next, where only one of those that tie has a derivative, and no difference shows which. */
const networks = {
  averaged: { make: averaged, bent: bentPiecewise, layers: ["conv1", "first", "conv2", "last"], tied: [] },
  flattened: {
    make: flattened,
    bent: bentPiecewise,
    layers: ["conv1", "first", "pool1", "conv2", "last"],
    tied: ["first", "last"],
  },
  excited: { make: excited, bent: bentSmooth, layers: ["conv1", "first", "gate", "gated", "conv2", "last"], tied: [] },
} as const;

describe.each(Object.entries(networks))("second order in the network %s", (_, { make, bent, layers, tied }) => {
  it.each(layers)("is that of its f64 twin at %s, for every score", async (layer) => {
    const graph = make();
    const model = await createModel(graph);
    const ours = await found(model, layer);
    model.dispose();
    const head = await headOf(graph, layer, ours.a);
    expect(ours.isExact).toBe(true);
    expect(relativeL2(ours.slope, slopeAlong(head, head.a)), "J·A").toBeLessThanOrEqual(TOLERANCE);
    const random = seeded(5);
    const skipsZeros = (tied as readonly string[]).includes(layer);
    const directions = Array.from({ length: DIRECTIONS }, () =>
      random.array([head.a.length]).data.map((value, i) => (skipsZeros && head.a[i] === 0 ? 0 : value)),
    );
    Object.entries(scores).forEach(([name, score], i) => {
      const want = directions.map((w) => bent(head, score, w));
      const errors = directions.map((w, k) => dot(ours.bent[i]!, w) - want[k]!);
      expect(norm(errors), name).toBeLessThanOrEqual(TOLERANCE * norm(want) + ROUNDING);
    });
  });
});
