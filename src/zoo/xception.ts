/**
 * Xception: separable 3×3 convolutions with batch norm, shortcuts around two or three of them.
 * Chollet 2016, https://arxiv.org/abs/1610.02357, fig. 5. Layer names: keras.applications; the torch flavour is the
 * port in timm, which pads pooling windows all around.
 */
import type { ValueId } from "../graph/graph.ts";
import type { Architecture, Flavour } from "./architecture.ts";
import { kerasNaming } from "./names/keras.ts";
import { timmXception } from "./names/xception.ts";
import type { Net } from "./net.ts";
import { numbered } from "./numbered.ts";

const EPSILON: Readonly<Record<Flavour, number>> = { keras: 1e-3, torch: 1e-5 };

/** Blocks that halve the sides: number, filters of the first and of the second convolution. */
const STRIDED = { 2: [128, 128], 3: [256, 256], 4: [728, 728], 13: [728, 1024] } as const;

export const xception: Architecture = {
  title: "Xception",
  inputSize: 299,
  namings: [kerasNaming("tf"), timmXception],
  top: ["predictions"],
  official: {
    url: "https://storage.googleapis.com/tensorflow/keras-applications/xception/xception_weights_tf_dim_ordering_tf_kernels.h5",
    md5: "0a58e3b7378bc2990ea3b43d5981f1f6",
    licence: "MIT, François Chollet",
  },
  build(net, { size, classes, flavour }) {
    const blocks = new Blocks(net, flavour);
    let x = blocks.entry(net.input(size));
    for (const block of [2, 3, 4] as const) x = blocks.strided(x, block);
    for (let block = 5; block <= 12; block++) x = blocks.middle(x, block);
    x = blocks.strided(x, 13);
    for (const [i, filters] of [1536, 2048].entries()) {
      const name = `block14_sepconv${i + 1}`;
      x = net.relu(blocks.separable(x, name, filters), `${name}_act`);
    }
    return net.dense(net.globalPool(x, "avg_pool"), "predictions", classes, "softmax");
  },
};

class Blocks {
  readonly #net: Net;
  readonly #flavour: Flavour;
  readonly #name = numbered();

  constructor(net: Net, flavour: Flavour) {
    this.#net = net;
    this.#flavour = flavour;
  }

  entry(input: ValueId): ValueId {
    let x = input;
    for (const [i, [filters, stride]] of [[32, 2] as const, [64, 1] as const].entries()) {
      const name = `block1_conv${i + 1}`;
      x = this.#net.conv(x, name, { filters, kernel: 3, stride, bias: false });
      x = this.#net.relu(this.#normalised(x, `${name}_bn`), `${name}_act`);
    }
    return x;
  }

  /** Two convolutions and a maximum beside a projected shortcut. */
  strided(input: ValueId, block: keyof typeof STRIDED): ValueId {
    const filters = STRIDED[block];
    const projection = { filters: filters[1], kernel: 1, stride: 2, bias: false };
    const shortcut = this.#net.conv(input, this.#name("conv2d"), projection);
    const residual = this.#normalised(shortcut, this.#name("batch_normalization"));
    let x = input;
    filters.forEach((count, i) => {
      const name = `block${block}_sepconv${i + 1}`;
      // The block behind the entry begins with values that a ReLU has passed already.
      if (block !== 2 || i > 0) x = this.#net.relu(x, `${name}_act`);
      x = this.separable(x, name, count);
    });
    const padding = this.#flavour === "keras" ? "same" : ([1, 1, 1, 1] as const);
    x = this.#net.maxPool(x, `block${block}_pool`, { size: 3, stride: 2, padding });
    return this.#net.add(x, residual, this.#name("add"));
  }

  middle(input: ValueId, block: number): ValueId {
    let x = input;
    for (let i = 1; i <= 3; i++) {
      const name = `block${block}_sepconv${i}`;
      x = this.separable(this.#net.relu(x, `${name}_act`), name, this.#net.channels(x));
    }
    return this.#net.add(x, input, this.#name("add"));
  }

  separable(x: ValueId, name: string, filters: number): ValueId {
    return this.#normalised(this.#net.separable(x, name, { filters, kernel: 3, padding: "same" }), `${name}_bn`);
  }

  #normalised(x: ValueId, name: string): ValueId {
    return this.#net.batchNorm(x, name, EPSILON[this.#flavour]);
  }
}
