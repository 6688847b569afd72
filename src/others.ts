/** Questions about other pictures, and about what the network would say if a layer answered something else. */
import type { Answers } from "./answers.ts";
import { type Constant, constantsOf } from "./graph/constants.ts";
import type { ValueId } from "./graph/graph.ts";
import { gatheringPoint } from "./graph/gathering.ts";
import { LINEARITY } from "./graph/linearity.ts";
import { besides, readersOf } from "./graph/path.ts";
import { type Seed, split, writeSeeds } from "./seed.ts";
import { runSeries, type Samples } from "./series.ts";

/**
 * Runs forward for samples. @param visit sees the logits of one after the other, which are valid during the call only
 * @param layer where samples are written in place of the input
 */
export async function scoreSamples(
  answers: Answers,
  samples: Samples,
  visit: (logits: Float32Array, index: number) => void,
  layer?: string,
): Promise<void> {
  const { asked } = answers;
  const { room, graph, logits, input } = asked;
  answers.keepForward();
  const at = layer === undefined ? input : asked.layers.get(layer)!;
  const fixed = layer === undefined ? undefined : await valuesBeside(answers, at);
  const request = { keep: [logits], wrt: [], ...(fixed && { from: [at, ...fixed.keys()] }) };
  const gathered = layer === undefined ? gatheringPoint(graph, input, logits) : undefined;
  const run = { room, request, samples, at, gathered, ...(fixed && { fixed }), conduct: asked };
  await runSeries(run, (execution, first) => {
    split(execution.read(logits).data, answers.logits.length).forEach((row, i) => {
      visit(row, first + i);
    });
  });
}

/** Of one sample. Valid during the call only. */
export interface Observation {
  readonly index: number;
  readonly logits: Float32Array;
  /** Of what is looked at. */
  readonly value: Float32Array;
  /** One for each of the seeds. */
  readonly gradients: readonly Float32Array[];
}

interface Look {
  readonly samples: Samples;
  /** What is looked at: a layer, or the input. */
  readonly at: ValueId;
  /** Samples are answers of the layer, not pictures. */
  readonly given?: true;
  /** Scores to differentiate, by the logits of a sample. */
  readonly seeds: (logits: Float32Array) => readonly Seed[];
}

/** Runs forward and backward for other pictures (or other answers of a layer). */
export async function observe(
  answers: Answers,
  { samples, at, given, seeds }: Look,
  visit: (seen: Observation) => void,
): Promise<void> {
  const { asked } = answers;
  const { room, logits } = asked;
  answers.keepForward();
  const fixed = given && (await valuesBeside(answers, at));
  const request = { keep: [logits, at], wrt: [at], seed: logits, ...(fixed && { from: [at, ...fixed.keys()] }) };
  const run = { room, request, samples, at: given ? at : asked.input, conduct: asked, ...(fixed && { fixed }) };
  await runSeries(run, (execution, first) => {
    const { batch } = execution;
    const classes = answers.logits.length;
    const rows = split(execution.read(logits).data, classes);
    const values = split(execution.read(at).data, execution.sizeOf(at) / batch);
    const perSample = rows.map(seeds);
    const seedRows = new Float32Array(batch * classes);
    const gradients = perSample[0]!.map((_, score) => {
      const ofScore = perSample.map((all) => all[score]!);
      writeSeeds(ofScore, classes, 1, seedRows);
      execution.backward(seedRows);
      return split(execution.readGradient(at).data, execution.sizeOf(at) / batch);
    });
    rows.forEach((row, i) => {
      visit({ index: first + i, logits: row, value: values[i]!, gradients: gradients.map((all) => all[i]!) });
    });
  });
}

/** What the scores depend on beside a layer: shortcuts around it. */
export async function valuesBeside(answers: Answers, layer: ValueId): Promise<Map<ValueId, Float32Array>> {
  const { graph, room, logits, input } = answers.asked;
  const ids = besides(graph, layer, logits);
  if (ids.length === 0) return new Map();
  const execution = await room.execution({ batch: 1, keep: ids, wrt: [] });
  execution.write(input, answers.input.data);
  execution.forward();
  return new Map(ids.map((id) => [id, execution.read(id).data]));
}

/** A constant of the network, and what it does to the scores. */
export interface ConstantTerm {
  readonly constant: Constant;
  readonly shape: readonly number[];
  /** For each of the seeds constant·gradient, element by element. */
  readonly products: readonly Float32Array[];
}

/** Throws E_METHOD where the network is not piecewise linear. */
export async function constantTerms(answers: Answers, seeds: readonly Seed[]): Promise<ConstantTerm[]> {
  const { room, logits, input } = answers.asked;
  const constants = constantsOf(room.current, logits);
  // Networks without biases: there is nothing to differentiate by.
  if (constants.length === 0) return [];
  answers.keepForward();
  const biases: (Float32Array | undefined)[] = [];
  for (const { added } of constants) biases.push("level" in added ? undefined : await added.perChannel());
  const wrt = constants.map(({ value }) => value);
  const execution = await room.execution({ batch: 1, keep: [logits, ...wrt], wrt, seed: logits });
  execution.write(input, answers.input.data);
  execution.forward();
  const terms = constants.map((constant) => ({ constant, ...execution.read(constant.value) }));
  const products = seeds.map((seed) => {
    const row = new Float32Array(answers.logits.length);
    writeSeeds([seed], row.length, 1, row);
    execution.backward(row);
    return terms.map(({ constant: { value, added }, data }, i) => {
      const gradient = execution.readGradient(value).data;
      return "level" in added ? multiplySaturated(gradient, data, added.level) : multiplyRows(gradient, biases[i]!);
    });
  });
  return terms.map(({ constant, shape }, i) => ({ constant, shape, products: products.map((all) => all[i]!) }));
}

/** gradient · level where the value is at it. In place. */
function multiplySaturated(gradient: Float32Array, value: Float32Array, level: number): Float32Array {
  for (let i = 0; i < gradient.length; i++) gradient[i] = value[i]! >= level ? gradient[i]! * level : 0;
  return gradient;
}

/** gradient[r, c] · bias[c]. In place. */
function multiplyRows(gradient: Float32Array, bias: Float32Array): Float32Array {
  for (let i = 0; i < gradient.length;) {
    for (let c = 0; c < bias.length; c++, i++) gradient[i] = gradient[i]! * bias[c]!;
  }
  return gradient;
}

/** How the logits depend on a layer. */
export function headOf(answers: Answers, layer: string): "affine" | "piecewise" | "smooth" {
  const { graph, layers, logits } = answers.asked;
  const kinds = readersOf(graph, layers.get(layer)!, logits).map(({ op }) => LINEARITY[op]);
  if (kinds.every((kind) => kind === "linear" || kind === "affine")) return "affine";
  return kinds.includes("curved") ? "smooth" : "piecewise";
}
