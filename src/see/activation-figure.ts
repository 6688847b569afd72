/** All channels of a layer side by side. */
import { GradCamError } from "../errors.ts";
import { type ColormapName, colorize } from "../image/colormap.ts";
import type { Figure } from "../image/figure.ts";
import { grid } from "../image/grid.ts";
import type { Image, Map2D } from "../image/image.ts";
import { blank, type Color } from "../image/paint.ts";
import type { ChannelAnswer, LayerActivations } from "./activations.ts";

/** Which channels a figure shows, in what order and on what scale. */
export interface ActivationFigureOptions {
  /** Which channels; all of them by default. */
  readonly channels?: readonly number[];
  /** "channel": in their own order (default). "activation": by their means, largest first. */
  readonly sort?: "channel" | "activation";
  /** What the last colour stands for: the largest value of each channel (default), so that weak ones can be read, or of all. */
  readonly scale?: "channel" | "layer";
  /** "viridis" by default. */
  readonly colormap?: ColormapName;
  readonly columns?: number;
  readonly title?: string;
}

/** Pixels of a tile by how many there are. */
const SIDES = [
  { upTo: 64, side: 112 },
  { upTo: 256, side: 72 },
  { upTo: Infinity, side: 42 },
] as const;

/**
 * A tile for each channel, from its smallest value (the first colour) to its largest; dead ones are gray and crossed out.
 * Under each its number, and with few of them its largest value. Throws E_OPTION for layers without positions and channels that
 * do not exist.
 */
export function activationFigure(answers: LayerActivations, options: ActivationFigureOptions = {}): Figure {
  const { layer, tensor } = answers;
  const { scale = "channel", colormap = "viridis", columns, title = layer } = options;
  const [, height = 1, width = 1] = tensor.shape;
  if (tensor.shape.length !== 4 || height * width === 1) {
    const hint = "gradcam activations --output features.npy writes the numbers";
    throw new GradCamError("E_OPTION", { where: `layer "${layer}"`, expected: "a map", got: "single numbers", hint });
  }
  const shown = chosen(answers, options);
  const { side } = SIDES.find(({ upTo }) => shown.length <= upTo)!;
  // Whole pixels for every cell of a small map.
  const panelWidth = width <= side ? Math.round(side / width) * width : side;
  const of = scale === "layer" ? shown : undefined;
  const panels = shown.map((answer) => ({
    image: tile(answers, answer, of ?? [answer], colormap),
    note: noteOf(answer, side === SIDES[0].side),
  }));
  const gap = side === SIDES[0].side ? {} : { gap: 6 };
  return grid(panels, { panelWidth, title, ...gap, ...(columns !== undefined && { columns }) });
}

function chosen({ layer, channels }: LayerActivations, options: ActivationFigureOptions): ChannelAnswer[] {
  const shown = (options.channels ?? channels.map(({ channel }) => channel)).map((channel) => {
    const answer = channels[channel];
    if (answer) return answer;
    const expected = `a channel from 0 to ${channels.length - 1}`;
    throw new GradCamError("E_OPTION", { where: `channels of "${layer}"`, expected, got: String(channel) });
  });
  if (options.sort === "activation") shown.sort((a, b) => b.mean - a.mean || a.channel - b.channel);
  return shown;
}

function noteOf({ channel, max, dead }: ChannelAnswer, roomy: boolean): string {
  if (!roomy) return String(channel);
  return dead ? `${channel}  dead` : `${channel}  max ${Number(max.toPrecision(3))}`.replace("-", "−");
}

function tile(
  { tensor }: LayerActivations,
  answer: ChannelAnswer,
  of: readonly ChannelAnswer[],
  colormap: ColormapName,
) {
  const [, height, width, channels] = tensor.shape as [number, number, number, number];
  if (answer.dead) return crossed(width, height);
  const low = Math.min(...of.map(({ min }) => min));
  const range = Math.max(...of.map(({ max }) => max)) - low;
  const data = new Float32Array(width * height);
  data.forEach((_, i) => (data[i] = range === 0 ? 0 : (tensor.data[i * channels + answer.channel]! - low) / range));
  const map: Map2D = { data, width, height };
  return colorize(map, colormap);
}

const GRAY: Color = [216, 218, 222];
const CROSS: Color = [150, 154, 162];
/** Small maps have too few cells for a cross: its tile is drawn finer. */
const FINE = 56;

function crossed(width: number, height: number): Image {
  const scale = Math.max(1, Math.ceil(FINE / Math.max(width, height)));
  const image = blank(width * scale, height * scale, GRAY);
  const slope = image.height / image.width;
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const near = Math.min(Math.abs(y - x * slope), Math.abs(y - (image.width - 1 - x) * slope));
      if (near < 1) image.data.set(CROSS, (y * image.width + x) * 3);
    }
  }
  return image;
}
