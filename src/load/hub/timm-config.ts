/**
 * What timm writes into `config.json` beside `model.safetensors`: the architecture, which tells ports from TensorFlow from others,
 * and how pictures were prepared. After timm/models/_hub.py. Anything else in such a file is left alone.
 */
import type { Preprocess } from "../../image/preprocess.ts";
import { findArchitecture } from "../../zoo/architecture-names.ts";
import { parseJson } from "../json.ts";
import type { Limits } from "../limits.ts";
import { openSibling } from "../sibling.ts";
import type { RandomAccessSource } from "../source.ts";

export interface TimmConfig {
  /** As timm calls it. */
  readonly architecture: string;
  readonly preprocess: Preprocess | undefined;
}

/** Longer is no such file. */
const LONGEST = 1_000_000;

/** Undefined where there is no such file, or another kind of it. Only beside files on a disk: nothing is fetched unasked. */
export async function readTimmConfig(source: RandomAccessSource, limits: Limits): Promise<TimmConfig | undefined> {
  if (source.links === undefined || !source.sibling) return undefined;
  try {
    const file = await openSibling(source, "config.json", source.name);
    try {
      if (file.size > LONGEST) return undefined;
      const text = new TextDecoder().decode(await file.read(0, file.size));
      return interpret(parseJson(text, file.name, limits.jsonDepth));
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

function interpret(config: unknown): TimmConfig | undefined {
  const { architecture, pretrained_cfg: prepared } = fields(config);
  if (typeof architecture !== "string" || !findArchitecture(architecture)) return undefined;
  return { architecture, preprocess: preprocessOf(fields(prepared)) };
}

function preprocessOf(config: Record<string, unknown>): Preprocess | undefined {
  const { mean, std, input_size: size, interpolation } = config;
  const [channels, height, width] = numbers(size, 3) ?? [];
  const [means, deviations] = [numbers(mean, 3), numbers(std, 3)];
  if (channels !== 3 || !height || !width || !means || !deviations || deviations.includes(0)) return undefined;
  return {
    size: [height, width],
    fit: "squash",
    resize: interpolation === "bicubic" ? "bicubic" : "bilinear",
    antialias: true,
    channels: "rgb",
    scale: 1 / 255,
    mean: means,
    std: deviations,
  };
}

const fields = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const numbers = (value: unknown, count: number): number[] | undefined =>
  Array.isArray(value) && value.length === count && value.every(Number.isFinite) ? (value as number[]) : undefined;
