/** What every channel of a layer answers to a picture. */
import { GradCamError } from "../errors.ts";
import type { ImageLike } from "../image/image.ts";
import type { Model } from "../model.ts";
import { prepareInput } from "../prepare.ts";
import type { HostTensor } from "../tensor.ts";

/** One channel over all positions. */
export interface ChannelAnswer {
  readonly channel: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** 0 at every position: this picture does not wake it. */
  readonly dead: boolean;
}

/** What a layer answered to one picture. */
export interface LayerActivations {
  readonly layer: string;
  /** [1, height, width, channels]; [1, channels] for layers without positions. */
  readonly tensor: HostTensor;
  /** In channel order. */
  readonly channels: readonly ChannelAnswer[];
}

/** One forward pass. Throws E_TARGET_LAYER, E_INPUT_SHAPE, E_NONFINITE, E_DISPOSED; E_OPTION for a layer that has no channels. */
export async function activations(
  model: Model,
  image: ImageLike | HostTensor,
  layer: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<LayerActivations> {
  const { tensor: input } = prepareInput(model, image);
  const tensor = await model.look(input, layer, signal);
  if (tensor.shape.length !== 4 && tensor.shape.length !== 2) {
    const expected = "an output [1, height, width, channels] or [1, channels]";
    throw new GradCamError("E_OPTION", { where: `layer "${layer}"`, expected, got: `[${tensor.shape.join(",")}]` });
  }
  const channels = channelsOf(tensor);
  const broken = channels.find(({ mean }) => !Number.isFinite(mean));
  if (!broken) return { layer, tensor, channels };
  const where = `channel ${broken.channel} of ${layer}`;
  const hint = "check that the weights belong to this architecture";
  throw new GradCamError("E_NONFINITE", { where, expected: "finite answers", got: String(broken.mean), hint });
}

function channelsOf({ data, shape }: HostTensor): ChannelAnswer[] {
  const count = shape.at(-1)!;
  const positions = data.length / count;
  return Array.from({ length: count }, (_, channel) => {
    let [min, max, sum] = [Infinity, -Infinity, 0];
    for (let i = channel; i < data.length; i += count) {
      min = Math.min(min, data[i]!);
      max = Math.max(max, data[i]!);
      sum += data[i]!;
    }
    return { channel, min, max, mean: sum / positions, dead: min === 0 && max === 0 };
  });
}
