/** Results as a table: one row per explanation, RFC 4180. Maps are left out: --json has their numbers. */
import { boxes } from "../../image/boxes.ts";
import type { Explanation } from "../../explanation.ts";

type Cell = string | number | undefined;

/** Column → what an explanation of the picture `image` has there; empty where it has nothing. */
const COLUMNS: Readonly<Record<string, (explanation: Explanation, image: string) => Cell>> = {
  image: (_, image) => image,
  method: ({ method }) => method,
  layer: ({ layer }) => [layer].flat().join(" + "),
  class: ({ target }) => target.label,
  index: ({ target }) => target.index,
  wnid: ({ target }) => target.wnid,
  probability: ({ target }) => target.probability,
  logit: ({ target }) => target.logit,
  top_class: ({ predictions }) => predictions[0]?.label,
  top_probability: ({ predictions }) => predictions[0]?.probability,
  box_x: (explanation) => hottest(explanation)?.x,
  box_y: (explanation) => hottest(explanation)?.y,
  box_width: (explanation) => hottest(explanation)?.width,
  box_height: (explanation) => hottest(explanation)?.height,
  warnings: ({ warnings }) => warnings.map(({ code }) => code).join(" "),
  explained: ({ score }) => score,
  score: ({ target }) => target.score,
  sign: ({ sign }) => sign,
  compat: ({ compat }) => compat,
  parameters: ({ parameters }) =>
    Object.entries(parameters)
      .map(([name, value]) => `${name}=${value}`)
      .join(" "),
  seed: ({ seed }) => seed,
  model: ({ model }) => model.name,
  model_sha256: ({ model }) => model.sha256,
  build: ({ engine }) => engine.build,
  version: ({ version }) => version,
};

/** The rectangle around the largest part of the hotter half, as the text names it. */
const hottest = ({ map }: Explanation) => boxes(map, { threshold: 0.5 })[0];

export const csvHeader = (): string => line(Object.keys(COLUMNS));

export const csvRow = (explanation: Explanation, image: string): string =>
  line(Object.values(COLUMNS).map((cell) => cell(explanation, image)));

const line = (cells: readonly Cell[]): string =>
  cells.map((cell) => quoted(typeof cell === "string" ? harmless(cell) : String(cell ?? ""))).join(",");

/**
 * An apostrophe before text that a spreadsheet would take for a formula: names of files and classes come from anywhere.
 * Numbers stay as they are.
 */
const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
