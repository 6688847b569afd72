/**
 * Keras numbers layers that have no name through a whole process: the same network is conv2d, conv2d_1, … in one file and
 * conv2d_95, conv2d_96, … in another. Here every kind begins at no number again, in the same order.
 */
import type { StoredTensors } from "./weights.ts";

/** "conv2d_95/kernel" → kind and number. Only kinds that the zoo's networks leave to Keras. */
const NUMBERED = /^(conv2d|batch_normalization|normalization)(?:_(\d+))?\//;

export function renumber(tensors: StoredTensors): StoredTensors {
  const numbers = new Map<string, Set<number>>();
  for (const name of tensors.keys()) {
    const [match, kind, number = "0"] = NUMBERED.exec(name) ?? [];
    if (match) numbers.set(kind!, (numbers.get(kind!) ?? new Set<number>()).add(Number(number)));
  }
  if ([...numbers.values()].every((used) => used.has(0) || used.size === 0)) return tensors;
  const ranks = new Map([...numbers].map(([kind, used]) => [kind, [...used].sort((a, b) => a - b)]));
  return new Map(
    [...tensors].map(([name, tensor]) => {
      const [match, kind, number = "0"] = NUMBERED.exec(name) ?? [];
      if (!match) return [name, tensor];
      const rank = ranks.get(kind!)!.indexOf(Number(number));
      return [`${kind!}${rank === 0 ? "" : `_${rank}`}/${name.slice(match.length)}`, tensor];
    }),
  );
}
