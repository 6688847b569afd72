/**
 * H·A with H = ∂²score/∂A² and A what the layer answered. With z the logits and J = ∂z/∂A, H = Jᵀ·∇²s·J + Σ_c ∂s/∂z_c·∂²z_c/∂A². J·A is
 * the tangent of the logits along A (graph/tangent/), ∇²s acts in f64, Jᵀ is a backward pass; the second term, 0 in piecewise linear heads,
 * is the gradient of ⟨∂s/∂z, J·A⟩ by A with the direction held. Where an operator has no tangent: curvature-by-differences.ts.
 */
import type { Answers } from "../answers.ts";
import type { Execution } from "../graph/execute.ts";
import { between } from "../graph/path.ts";
import { type Tangent, tangentOf } from "../graph/tangent/tangent.ts";
import type { Objective } from "../objective.ts";
import { headOf, valuesBeside } from "../others.ts";
import { writeSeeds } from "../seed.ts";
import { curvatureOf } from "./curvature-of-scores.ts";
import { bendsByDifferences, slopesByDifferences } from "./curvature-by-differences.ts";

/** J·A, the same for all scores, and with what it is found. */
export interface Slopes {
  readonly values: Float64Array;
  /** Undefined where there is none, and differences stood in for it. */
  readonly tangent: Tangent | undefined;
  /** What else the head reads. */
  readonly fixed: ReadonlyMap<number, Float32Array>;
}

export async function slopes(answers: Answers, layer: string): Promise<Slopes> {
  const { room, layers, logits } = answers.asked;
  const at = layers.get(layer)!;
  answers.keepForward();
  const fixed = await valuesBeside(answers, at);
  const tangent = tangentOf(room.folded([at, logits, ...fixed.keys()]), at, logits);
  if (!tangent) return { values: await slopesByDifferences(answers, layer), tangent, fixed };
  const execution = await alongAnswers(answers, layer, { tangent, fixed }, false);
  return { values: Float64Array.from(execution.read(tangent.slope).data), tangent, fixed };
}

/** H·A of every score. */
export async function curvatures(
  answers: Answers,
  objectives: readonly Objective[],
  layer: string,
  found: Slopes,
): Promise<Float32Array[]> {
  const bends = headOf(answers, layer) === "smooth" ? await bendsOf(answers, objectives, layer, found) : undefined;
  const back = await answers.gradients(objectives.map((objective) => bent(objective, found.values)));
  return back.map((gradients, score) => {
    const { data } = gradients.get(layer)!;
    return bends ? data.map((value, i) => value + bends[score]![i]!) : data;
  });
}

/** ∂²score/∂logits²·direction. */
function bent({ score, logits, logit, link }: Objective, direction: Float64Array): Float32Array {
  if (logit !== undefined) return new Float32Array(direction.length);
  return Float32Array.from(curvatureOf(score, { logits, classes: logits.length, link }, direction));
}

type Along = Pick<Slopes, "fixed"> & { readonly tangent: Tangent };

/** Has just run forward along what the layer answered. @param back whether J·A shall be differentiated by A */
async function alongAnswers(
  answers: Answers,
  layer: string,
  { tangent, fixed }: Along,
  back: boolean,
): Promise<Execution> {
  const { room, layers } = answers.asked;
  const at = layers.get(layer)!;
  const { data } = answers.activation(layer);
  const { direction, slope } = tangent;
  const from = [at, direction, ...fixed.keys()];
  const request = { batch: 1, keep: [slope], wrt: back ? [at] : [], from, ...(back && { seed: slope }) };
  const execution = await room.execution(request, { tangent });
  for (const id of [at, direction]) execution.write(id, data);
  for (const [id, values] of fixed) execution.write(id, values);
  execution.forward();
  return execution;
}

/** Σ_c ∂s/∂z_c·∂²z_c/∂A²·A of every score; undefined where that is 0. */
async function bendsOf(
  answers: Answers,
  objectives: readonly Objective[],
  layer: string,
  { tangent, fixed }: Slopes,
): Promise<readonly ArrayLike<number>[] | undefined> {
  if (!tangent) return bendsByDifferences(answers, objectives, layer);
  const at = answers.asked.layers.get(layer)!;
  if (!between(tangent.graph, [at], tangent.slope).has(at)) return undefined;
  const execution = await alongAnswers(answers, layer, { tangent, fixed }, true);
  const row = new Float32Array(answers.logits.length);
  return objectives.map(({ seed }) => {
    writeSeeds([seed], row.length, 1, row);
    execution.backward(row);
    return execution.readGradient(at).data;
  });
}
