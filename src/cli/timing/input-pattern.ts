/** An input for measurements: how long a network takes does not depend on the picture. */
import type { Model } from "../../model.ts";
import type { HostTensor } from "../../tensor.ts";

/** Numbers in [−1, 1), the same every time. */
export function inputOf({ inputs }: Model): HostTensor {
  const { shape } = inputs[0]!;
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  // Knuth's multiplicative hash, The Art of Computer Programming 6.4.
  for (let i = 0; i < data.length; i++) data[i] = Math.imul(i, 2654435761) / 2 ** 31;
  return { data, shape };
}
