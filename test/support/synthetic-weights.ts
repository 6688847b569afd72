/**
 * Weights as a pure function of tensor name and flat index, so that whole networks are tested without storing one:
 * h = FNV-1a 32 of the name, u = fmix32(h + i·0x9E3779B9) as a fraction in [−1, 1), value = center + scale·u in f32.
 * The same generator made the reference data: test/golden/keras/README.md. fmix32: MurmurHash3's finaliser.
 */
import type { Parameter } from "../../src/graph/parameter.ts";
import { elements, sameShape, showShape } from "../../src/shape.ts";
import type { WeightSet } from "../../src/zoo/weights.ts";

export interface SyntheticTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly center: number;
  readonly scale: number;
}

/** Values start … end−1 of a tensor, row-major. */
export function syntheticValues({ name, center, scale }: SyntheticTensor, start: number, end: number): Float32Array {
  const seed = fnv1a(name);
  const [c, s] = [Math.fround(center), Math.fround(scale)];
  const values = new Float32Array(end - start);
  for (let i = 0; i < values.length; i++) {
    const u = (fmix32(seed + Math.imul(start + i, 0x9e3779b9)) >>> 8) * 2 ** -23 - 1;
    values[i] = c + Math.fround(s * u);
  }
  return values;
}

/** A tensor that is computed when it is read. */
export const syntheticParameter = (tensor: SyntheticTensor): Parameter => ({
  stored: tensor.shape,
  source: { length: elements(tensor.shape), read: (start, end) => syntheticValues(tensor, start, end) },
});

/** The weights of a manifest, in Keras's layout. Throws on a name or a shape that it does not have. */
export function syntheticWeights(manifest: readonly SyntheticTensor[]): WeightSet {
  const tensors = new Map(manifest.map((tensor) => [tensor.name, tensor]));
  return {
    get({ name, shape }) {
      const tensor = tensors.get(name);
      // Behind a flattening, a dense kernel is asked for by the shape of the map.
      const stored = tensor?.shape.length === 2 ? [elements(shape.slice(0, -1)), shape.at(-1)!] : shape;
      if (!tensor || !sameShape(tensor.shape, stored))
        throw new Error(`the manifest has no ${name} ${showShape(stored)}`);
      return syntheticParameter(tensor);
    },
  };
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}

function fmix32(hash: number): number {
  let x = hash ^ (hash >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
