/**
 * MobileNetV3 Small and Large: inverted residual blocks, some with squeeze-and-excitation, ReLU at first and hard swish later.
 * Howard et al. 2019, https://arxiv.org/abs/1905.02244, tables 1 and 2. Layer names: keras.applications, which takes bytes
 * and rescales them itself.
 */
import type { ValueId } from "../graph/graph.ts";
import type { Activation } from "./activation.ts";
import type { Architecture, BuildOptions, Flavour } from "./architecture.ts";
import { roundFilters } from "./filters.ts";
import { kerasNaming } from "./names/keras.ts";
import { timmMobilenetV3, timmTensorflowMobilenetV3, torchvisionMobilenetV3 } from "./names/mobilenet-v3.ts";
import type { Net, WindowOptions } from "./net.ts";
import { numbered } from "./numbered.ts";
import { allAround, stridedPadding } from "./strided-padding.ts";

const EPSILON = 1e-3;

interface Block {
  /** Of the channels that come in. */
  readonly expansion: number;
  readonly filters: number;
  readonly kernel: number;
  readonly stride: number;
  readonly squeezes: boolean;
  readonly activation: "relu" | "hardSwish";
}

/** "6 40 5×5/1 se hs" in the columns of the paper's tables. */
type Row = readonly [expansion: number, filters: number, kernel: number, stride: number, extras?: string];

const SMALL: readonly Row[] = [
  [1, 16, 3, 2, "se"],
  [72 / 16, 24, 3, 2],
  [88 / 24, 24, 3, 1],
  [4, 40, 5, 2, "se hs"],
  [6, 40, 5, 1, "se hs"],
  [6, 40, 5, 1, "se hs"],
  [3, 48, 5, 1, "se hs"],
  [3, 48, 5, 1, "se hs"],
  [6, 96, 5, 2, "se hs"],
  [6, 96, 5, 1, "se hs"],
  [6, 96, 5, 1, "se hs"],
];

const LARGE: readonly Row[] = [
  [1, 16, 3, 1],
  [4, 24, 3, 2],
  [3, 24, 3, 1],
  [3, 40, 5, 2, "se"],
  [3, 40, 5, 1, "se"],
  [3, 40, 5, 1, "se"],
  [6, 80, 3, 2, "hs"],
  [2.5, 80, 3, 1, "hs"],
  [2.3, 80, 3, 1, "hs"],
  [2.3, 80, 3, 1, "hs"],
  [6, 112, 3, 1, "se hs"],
  [6, 112, 3, 1, "se hs"],
  [6, 160, 5, 2, "se hs"],
  [6, 160, 5, 1, "se hs"],
  [6, 160, 5, 1, "se hs"],
];

const blockOf = ([expansion, filters, kernel, stride, extras = ""]: Row): Block => ({
  expansion,
  filters,
  kernel,
  stride,
  squeezes: extras.includes("se"),
  activation: extras.includes("hs") ? "hardSwish" : "relu",
});

interface Variant {
  readonly title: string;
  readonly rows: readonly Row[];
  /** Units between the pooling and the classifier. */
  readonly hidden: number;
  /** Blocks per stage in timm. */
  readonly stages: readonly number[];
  readonly file: string;
  readonly md5: string;
}

function mobilenetV3({ title, rows, hidden, stages, file, md5 }: Variant): Architecture {
  const squeezing = rows.map((row) => blockOf(row).squeezes);
  return {
    title,
    inputSize: 224,
    namings: [
      kerasNaming("none"),
      torchvisionMobilenetV3(squeezing),
      timmMobilenetV3(stages),
      timmTensorflowMobilenetV3(stages),
    ],
    top: ["conv_2", "logits"],
    alphas: [1, 0.75],
    official: {
      url: `https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v3/${file}`,
      md5,
      licence: "Apache-2.0",
    },
    build: (net, options) => new Builder(net, options).build(rows.map(blockOf), hidden),
  };
}

class Builder {
  readonly #net: Net;
  readonly #options: BuildOptions;
  readonly #flavour: Flavour;
  readonly #epsilon: number;
  readonly #name = numbered();

  constructor(net: Net, options: BuildOptions) {
    this.#net = net;
    this.#options = options;
    this.#flavour = options.flavour;
    this.#epsilon = options.epsilon ?? EPSILON;
  }

  build(blocks: readonly Block[], hidden: number): ValueId {
    const net = this.#net;
    const { size, classes, alpha, rescales = this.#flavour === "keras" } = this.#options;
    let x = net.input(size);
    if (rescales) x = net.rescaling(x, "rescaling", 1 / 127.5, -1);
    const window: WindowOptions = { stride: 2, padding: this.#flavour === "keras" ? "same" : allAround(3) };
    x = net.conv(x, "conv", { filters: 16, kernel: 3, bias: false, ...window });
    x = this.#activated(this.#norm(x, "conv_bn"), "hardSwish");
    blocks.forEach((block, id) => {
      x = this.#block(x, id, { ...block, filters: roundFilters(block.filters * alpha) });
    });
    x = net.conv(x, "conv_1", { filters: roundFilters(net.channels(x) * 6), kernel: 1, bias: false });
    x = this.#activated(this.#norm(x, "conv_1_bn"), "hardSwish");
    x = net.conv(net.globalPool(x, "global_average_pooling2d", true), "conv_2", { filters: hidden, kernel: 1 });
    x = this.#activated(x, "hardSwish");
    x = net.conv(x, "logits", { filters: classes, kernel: 1 });
    return net.softmax(net.flatten(x, "flatten"), "predictions");
  }

  #block(input: ValueId, id: number, { expansion, filters, kernel, stride, squeezes, activation }: Block): ValueId {
    const net = this.#net;
    const name = id === 0 ? "expanded_conv_" : `expanded_conv_${id}_`;
    const wide = roundFilters(net.channels(input) * expansion);
    let x = input;
    if (id > 0) {
      x = net.conv(x, `${name}expand`, { filters: wide, kernel: 1, bias: false });
      x = this.#activated(this.#norm(x, `${name}expand_bn`), activation);
    }
    const same = { x, window: { padding: "same" } satisfies WindowOptions };
    const padded = stride === 1 ? same : stridedPadding(net, x, `${name}depthwise_pad`, kernel, this.#flavour);
    x = net.depthwise(padded.x, `${name}depthwise`, { kernel, ...padded.window });
    x = this.#activated(this.#norm(x, `${name}depthwise_bn`), activation);
    if (squeezes) x = this.#squeezeExcite(x, `${name}squeeze_excite`);
    x = this.#norm(net.conv(x, `${name}project`, { filters, kernel: 1, bias: false }), `${name}project_bn`);
    return stride === 1 && net.channels(input) === filters ? net.add(input, x, `${name}add`) : x;
  }

  /** Every channel by a factor that all of them decide, through a hard sigmoid. */
  #squeezeExcite(x: ValueId, name: string): ValueId {
    const net = this.#net;
    const channels = net.channels(x);
    let gate = net.globalPool(x, `${name}_avg_pool`, true);
    gate = net.conv(gate, `${name}_conv`, { filters: roundFilters(channels / 4), kernel: 1 });
    gate = net.conv(net.relu(gate, `${name}_relu`), `${name}_conv_1`, { filters: channels, kernel: 1 });
    return net.multiply(x, net.activation(gate, `${name}_gate`, "hardSigmoid"), `${name}_mul`);
  }

  #norm(x: ValueId, name: string): ValueId {
    return this.#net.batchNorm(x, name, this.#epsilon);
  }

  #activated(x: ValueId, activation: Activation): ValueId {
    return this.#net.activation(x, this.#name(activation === "relu" ? "re_lu" : "activation"), activation);
  }
}

export const mobilenetV3Small = mobilenetV3({
  title: "MobileNetV3Small",
  rows: SMALL,
  hidden: 1024,
  stages: [1, 2, 3, 2, 3],
  file: "weights_mobilenet_v3_small_224_1.0_float.h5",
  md5: "8768d4c2e7dee89b9d02b2d03d65d862",
});

export const mobilenetV3Large = mobilenetV3({
  title: "MobileNetV3Large",
  rows: LARGE,
  hidden: 1280,
  stages: [1, 2, 3, 4, 2, 3],
  file: "weights_mobilenet_v3_large_224_1.0_float.h5",
  md5: "59e551e166be033d707958cf9e29a6a7",
});
