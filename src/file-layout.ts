/** At the boundary of a model: [N,C,…] as its file and its users have it, [N,…,C] as it is computed with. */
import { elements, type Shape } from "./shape.ts";
import type { HostTensor } from "./tensor.ts";

/** [N,H,W,C] → [N,C,H,W]. */
export const channelsFirstShape = ([batch, ...rest]: Shape): Shape => [batch!, rest.at(-1)!, ...rest.slice(0, -1)];

const channelsLastShape = ([batch, channels, ...rest]: Shape): Shape => [batch!, ...rest, channels!];

/** A tensor [N,…,C] as [N,C,…]. */
export function channelsToFront({ data, shape }: HostTensor): HostTensor {
  const channels = shape.at(-1)!;
  const positions = elements(shape.slice(1, -1));
  return { data: turned(data, shape[0]!, positions, channels), shape: channelsFirstShape(shape) };
}

/** A tensor [N,C,…], or one of them without a batch, as [N,…,C]. @param rank of a tensor with a batch */
export function channelsToEnd({ data, shape }: HostTensor, rank: number): HostTensor {
  const whole = shape.length === rank ? shape : [1, ...shape];
  const positions = elements(whole.slice(2));
  return { data: turned(data, whole[0]!, whole[1]!, positions), shape: channelsLastShape(whole) };
}

/** [N,rows,columns] → [N,columns,rows]. */
function turned(data: Float32Array, count: number, rows: number, columns: number): Float32Array {
  const result = new Float32Array(data.length);
  for (let n = 0; n < count; n++) {
    const start = n * rows * columns;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        result[start + column * rows + row] = data[start + row * columns + column]!;
      }
    }
  }
  return result;
}
