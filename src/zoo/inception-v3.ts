/**
 * Inception v3: blocks of parallel branches whose maps are concatenated; large windows are parted into rows and columns.
 * Szegedy et al. 2015, https://arxiv.org/abs/1512.00567, table 1. Layers are called as in keras.applications, which
 * numbers them as they are made. PyTorch's average pooling counts padding, and its batch norms have a scale.
 */
import type { ValueId } from "../graph/graph.ts";
import type { Pair } from "../shape.ts";
import type { Architecture, Flavour } from "./architecture.ts";
import { torchInceptionV3 } from "./names/inception-v3.ts";
import { kerasNaming } from "./names/keras.ts";
import type { Net, WindowOptions } from "./net.ts";
import { numbered } from "./numbered.ts";

const EPSILON = 1e-3;

/** A convolution of a branch: filters, window, stride. Strided ones are not padded. */
interface Step extends WindowOptions {
  readonly filters: number;
  readonly kernel: number | Pair;
}

const to = (filters: number, kernel: number | Pair = 1, options: WindowOptions = { padding: "same" }): Step => ({
  filters,
  kernel,
  ...options,
});
const HALVE: WindowOptions = { stride: 2, padding: "valid" };
const ROW: Pair = [1, 7];
const COLUMN: Pair = [7, 1];

export const inceptionV3: Architecture = {
  title: "InceptionV3",
  inputSize: 299,
  namings: [kerasNaming("tf"), torchInceptionV3],
  top: ["predictions"],
  official: {
    url: "https://storage.googleapis.com/tensorflow/keras-applications/inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels.h5",
    md5: "9a0d58056eeedaa3f26cb7ebd46da564",
    licence: "Apache-2.0",
  },
  build(net, { size, classes, flavour }) {
    const make = new Branches(net, flavour);
    let x = make.chain(net.input(size), [to(32, 3, HALVE), to(32, 3, { padding: "valid" }), to(64, 3)]);
    x = make.chain(make.maxPool(x), [to(80), to(192, 3, { padding: "valid" })]);
    x = make.maxPool(x);
    [32, 64, 64].forEach((pool, i) => {
      x = make.small(x, `mixed${i}`, pool);
    });
    x = make.reduce(x, "mixed3", [[to(384, 3, HALVE)], [to(64), to(96, 3), to(96, 3, HALVE)]]);
    [128, 160, 160, 192].forEach((filters, i) => {
      x = make.parted(x, `mixed${4 + i}`, filters);
    });
    const rows = [to(192), to(192, ROW), to(192, COLUMN), to(192, 3, HALVE)];
    x = make.reduce(x, "mixed8", [[to(192), to(320, 3, HALVE)], rows]);
    for (const i of [0, 1]) x = make.wide(x, i);
    return net.dense(net.globalPool(x, "avg_pool"), "predictions", classes, "softmax");
  },
};

/** Blocks, in the order in which Keras makes and so numbers their layers. */
class Branches {
  readonly #net: Net;
  readonly #flavour: Flavour;
  readonly #name = numbered();

  constructor(net: Net, flavour: Flavour) {
    this.#net = net;
    this.#flavour = flavour;
  }

  chain(input: ValueId, steps: readonly Step[]): ValueId {
    return steps.reduce((x, step) => {
      const conv = this.#net.conv(x, this.#name("conv2d"), { ...step, bias: false });
      const norm = { scale: this.#flavour === "torch" };
      const normalised = this.#net.batchNorm(conv, this.#name("batch_normalization"), EPSILON, norm);
      return this.#net.relu(normalised, this.#name("activation"));
    }, input);
  }

  maxPool(x: ValueId): ValueId {
    return this.#net.maxPool(x, this.#name("max_pooling2d"), { size: 3, stride: 2 });
  }

  /** 35×35: windows of 1, 5 and twice 3. */
  small(x: ValueId, name: string, pool: number): ValueId {
    const branches = [[to(64)], [to(48), to(64, 5)], [to(64), to(96, 3), to(96, 3)]].map((steps) =>
      this.chain(x, steps),
    );
    return this.#net.concat([...branches, this.#pooled(x, pool)], name);
  }

  /** 17×17: 7×7 as a row and a column. */
  parted(x: ValueId, name: string, filters: number): ValueId {
    const twice = [to(filters), to(filters, COLUMN), to(filters, ROW), to(filters, COLUMN), to(192, ROW)];
    const branches = [[to(192)], [to(filters), to(filters, ROW), to(192, COLUMN)], twice];
    return this.#net.concat([...branches.map((steps) => this.chain(x, steps)), this.#pooled(x, 192)], name);
  }

  /** Halves the sides. */
  reduce(x: ValueId, name: string, branches: readonly (readonly Step[])[]): ValueId {
    return this.#net.concat([...branches.map((steps) => this.chain(x, steps)), this.maxPool(x)], name);
  }

  /** 8×8: 3×3 as a row beside a column. */
  wide(x: ValueId, index: number): ValueId {
    const split = (steps: readonly Step[], name: string | undefined): ValueId => {
      const common = this.chain(x, steps);
      const parts = [to(384, [1, 3]), to(384, [3, 1])].map((step) => this.chain(common, [step]));
      return this.#net.concat(parts, name ?? this.#name("concatenate"));
    };
    const single = this.chain(x, [to(320)]);
    const narrow = split([to(384)], `mixed9_${index}`);
    const broad = split([to(448), to(384, 3)], undefined);
    return this.#net.concat([single, narrow, broad, this.#pooled(x, 192)], `mixed${9 + index}`);
  }

  #pooled(x: ValueId, filters: number): ValueId {
    const window = { size: 3, padding: "same", countIncludePad: this.#flavour === "torch" } as const;
    return this.chain(this.#net.averagePool(x, this.#name("average_pooling2d"), window), [to(filters)]);
  }
}
