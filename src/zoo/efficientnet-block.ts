/** The blocks of EfficientNet: expand 1×1, depthwise k×k, squeeze-and-excite, project 1×1, and the shortcut if shapes allow it. */
import type { ValueId } from "../graph/graph.ts";
import type { Activation } from "./activation.ts";
import type { Flavour } from "./architecture.ts";
import type { Net, WindowOptions } from "./net.ts";
import { stridedPadding } from "./strided-padding.ts";

export interface Block {
  readonly kernel: number;
  readonly stride: number;
  readonly expansion: number;
  readonly filters: number;
  readonly epsilon: number;
  readonly flavour: Flavour;
}

/** @param name of the block, with the underscore that its layers' names go on after */
export function invertedResidual(net: Net, input: ValueId, name: string, block: Block): ValueId {
  const { kernel, stride, expansion, filters, epsilon, flavour } = block;
  const narrow = net.channels(input);
  let x = input;
  if (expansion !== 1) {
    x = net.conv(x, `${name}expand_conv`, { filters: narrow * expansion, kernel: 1, bias: false });
    x = net.activation(net.batchNorm(x, `${name}expand_bn`, epsilon), `${name}expand_activation`, "swish");
  }
  const same = { x, window: { padding: "same" } satisfies WindowOptions };
  const padded = stride === 1 ? same : stridedPadding(net, x, `${name}dwconv_pad`, kernel, flavour);
  x = net.depthwise(padded.x, `${name}dwconv`, { kernel, ...padded.window });
  x = net.activation(net.batchNorm(x, `${name}bn`, epsilon), `${name}activation`, "swish");
  x = squeezeExcite(net, x, name, narrow / 4);
  return projected(net, input, x, name, { filters, stride, epsilon });
}

/** x · σ(W₂·swish(W₁·mean(x))): every channel by a factor that all of them decide. Hu et al., arXiv 1709.01507. */
export function squeezeExcite(net: Net, x: ValueId, name: string, squeezed: number): ValueId {
  const channels = net.channels(x);
  const dense = (from: ValueId, layer: string, filters: number, activation: Activation): ValueId =>
    net.conv(from, `${name}${layer}`, { filters, kernel: 1, activation });
  const mean = net.reshape(net.globalPool(x, `${name}se_squeeze`), `${name}se_reshape`, [1, 1, channels]);
  const reduced = dense(mean, "se_reduce", Math.max(1, Math.trunc(squeezed)), "swish");
  return net.multiply(x, dense(reduced, "se_expand", channels, "sigmoid"), `${name}se_excite`);
}

/** The linear 1×1 at the end of a block, and the shortcut. */
export function projected(
  net: Net,
  input: ValueId,
  x: ValueId,
  name: string,
  { filters, stride, epsilon }: Pick<Block, "filters" | "stride" | "epsilon">,
): ValueId {
  const linear = net.conv(x, `${name}project_conv`, { filters, kernel: 1, bias: false });
  const y = net.batchNorm(linear, `${name}project_bn`, epsilon);
  return stride === 1 && net.channels(input) === filters ? net.add(y, input, `${name}add`) : y;
}
