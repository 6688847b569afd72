/** A picture of which only what a map shows is left. */
import type { Trial } from "./metric.ts";

/** x ⊙ L: every pixel times the positive part of its place on the map. */
export function shown({ input }: Trial, map: Float32Array): Float32Array {
  const { data, channels } = input;
  return data.map((value, i) => value * Math.max(0, map[Math.floor(i / channels)]!));
}

/** The probability of the class for that picture: O of average drop and increase, whose Y is that of the picture itself. */
export async function probabilityOfShown(trial: Trial): Promise<number> {
  const picture = shown(trial, trial.map.data);
  const write = (_: number, into: Float32Array): void => into.set(picture);
  const [probability] = await trial.probabilities({ name: "the picture times its map", count: 1, write });
  return probability!;
}
