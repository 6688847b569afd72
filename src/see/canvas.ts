/** The picture that `filterImage` makes, in the recipe's units, [height, width, channels]. Loaded with the first of them. */
import { type Image, newImage } from "../image/image.ts";
import type { Model } from "../model.ts";
import type { Random } from "../random.ts";
import type { HostTensor } from "../tensor.ts";
import type { FilterRecipe } from "./recipes.ts";

export class Canvas {
  readonly #recipe: FilterRecipe;
  readonly #random: Random;
  readonly #shape: readonly number[];
  readonly #bgr: boolean;
  /** Network units per unit of the recipe, and the network's number for its 0, by channel. */
  readonly #scale: readonly number[];
  readonly #offset: readonly number[];
  #data: Float32Array;

  constructor({ preprocess }: Model, shape: readonly number[], recipe: FilterRecipe, random: Random) {
    this.#recipe = recipe;
    this.#random = random;
    this.#shape = shape;
    const { scale, mean, std, channels } = preprocess;
    this.#bgr = channels === "bgr";
    this.#scale = std.map((deviation) => (255 * scale) / deviation / recipe.span);
    this.#offset = std.map((deviation, c) => (recipe.origin === "zero" ? 0 : -mean[c]! / deviation));
    const [low, high] = recipe.start;
    const length = this.#height * this.#width * this.#channels;
    this.#data = Float32Array.from({ length }, () => random.uniform(low, high));
  }

  get #height(): number {
    return this.#shape[1]!;
  }

  get #width(): number {
    return this.#shape[2]!;
  }

  get #channels(): number {
    return this.#shape[3]!;
  }

  /** As the network takes it. */
  input(): HostTensor {
    const data = this.#data.map((value, i) => {
      const c = i % this.#channels;
      return value * this.#scale[c]! + this.#offset[c]!;
    });
    return { data, shape: this.#shape };
  }

  /** Rolls the picture by a random number of pixels: what is drawn must not depend on its place. */
  shift(): void {
    const { jitter } = this.#recipe;
    if (jitter === 0) return;
    const by = (): number => Math.floor(this.#random.uniform(-jitter, jitter + 1));
    this.#data = rolled(this.#data, this.#height, this.#width, this.#channels, by(), by());
  }

  /** One step up, with a gradient by the network's input. */
  climb(gradient: Float32Array): void {
    const { normalize, rate, totalVariation } = this.#recipe;
    const mine = gradient.map((value, i) => value * this.#scale[i % this.#channels]!);
    const squares = mine.reduce((sum, value) => sum + value * value, 0);
    // 1e-5 and 1e-12: the books' guards against division by 0.
    const length = normalize === "rms" ? Math.sqrt(squares / mine.length) + 1e-5 : Math.sqrt(Math.max(squares, 1e-12));
    this.#data = this.#data.map((value, i) => value + (rate * mine[i]!) / length);
    if (totalVariation > 0) this.#smooth(totalVariation);
  }

  #smooth(share: number): void {
    const [line, pixel] = [this.#width * this.#channels, this.#channels];
    const all = this.#data;
    const { length } = all;
    this.#data = all.map((value, i) => {
      const around = all[(i + line) % length]! + all[(i - line + length) % length]!;
      const beside = all[(i + pixel) % length]! + all[(i - pixel + length) % length]!;
      return value + share * ((around + beside) / 4 - value);
    });
  }

  /** Brought to the recipe's mean and contrast, without its border, as RGB. */
  picture(): Image {
    const { crop, contrast, middle } = this.#recipe;
    const margin = Math.min(this.#height, this.#width) > 2 * crop ? crop : 0;
    const [width, height] = [this.#width - 2 * margin, this.#height - 2 * margin];
    const { mean, deviation } = statisticsOf(this.#data);
    const image = newImage(width, height, 3);
    for (let i = 0; i < width * height; i++) {
      const from = ((Math.floor(i / width) + margin) * this.#width + (i % width) + margin) * this.#channels;
      for (let c = 0; c < 3; c++) {
        const channel = Math.min(this.#bgr ? 2 - c : c, this.#channels - 1);
        image.data[i * 3 + c] = ((this.#data[from + channel]! - mean) / deviation) * contrast + middle;
      }
    }
    return image;
  }
}

function statisticsOf(data: Float32Array): { mean: number; deviation: number } {
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const variance = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
  return { mean, deviation: Math.sqrt(variance) + 1e-5 };
}

function rolled(data: Float32Array, height: number, width: number, channels: number, down: number, right: number) {
  const result = new Float32Array(data.length);
  const line = width * channels;
  const cut = (((right % width) + width) % width) * channels;
  for (let y = 0; y < height; y++) {
    const from = data.subarray(y * line, (y + 1) * line);
    const to = ((((y + down) % height) + height) % height) * line;
    result.set(from.subarray(0, line - cut), to + cut);
    result.set(from.subarray(line - cut), to);
  }
  return result;
}
