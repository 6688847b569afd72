/** Pictures side by side, each with its label, over a bar that says what the colours mean. */
import { GradCamError } from "../errors.ts";
import { type ColormapName, colorTable } from "./colormap.ts";
import type { Figure, FigureItem } from "./figure.ts";
import { asImage, checkSize, type Image, type ImageLike, newImage } from "./image.ts";
import { type Color, WHITE } from "./paint.ts";
import { fitText, textWidth } from "./text.ts";

/** One picture of a grid. */
export interface Panel {
  readonly image: ImageLike;
  readonly label?: string;
  /** A smaller second line. */
  readonly note?: string;
}

/** The scale beside a grid. */
export interface ColorBar {
  readonly colormap: ColormapName;
  /** What the ends of the bar stand for: "0", "1". */
  readonly low: string;
  readonly high: string;
  /** What the numbers are. */
  readonly caption?: string;
}

/** How a grid is laid out. */
export interface GridOptions {
  /** Default: as many as make the figure about half as wide again as high, with rows as even as they can be. */
  readonly columns?: number;
  /** Width of every panel in pixels; heights follow from the pictures. Default 256. */
  readonly panelWidth?: number;
  /** Pixels between panels; default 14. */
  readonly gap?: number;
  readonly title?: string;
  readonly colorBar?: ColorBar;
}

const INK: Color = [24, 26, 31];
const DIM: Color = [96, 102, 112];
/** Heights of lines: multiples of half of the font's nine rows look best. */
const SIZES = { title: 27, label: 18, note: 13.5 } as const;
const NOTE_HEIGHT = Math.ceil(SIZES.note);
/** Between panels, around them, and between a panel and its lines. */
const GAP = 14;
const LINE_GAP = 4;
const BAR = { width: 256, height: 14 } as const;
const ASPECT = 1.5;

/** A figure of the panels in reading order. Throws E_OPTION for no panels, E_INPUT_SHAPE. */
export function grid(panels: readonly Panel[], options: GridOptions = {}): Figure {
  const { panelWidth = 256, gap = GAP, title, colorBar } = options;
  if (panels.length === 0) throw new GradCamError("E_OPTION", { where: "grid", expected: "panels", got: "none" });
  const images = panels.map(({ image }) => asImage(image, "grid"));
  const cell = cellOf(panels, images, panelWidth);
  const columns = Math.min(panels.length, options.columns ?? columnsFor(panels.length, cell, gap));
  checkSize(panelWidth, columns, "grid: panelWidth, columns");
  const width = 2 * GAP - gap + columns * (panelWidth + gap);
  const items: FigureItem[] = [];
  let top = GAP;
  if (title !== undefined) {
    items.push(line(fitText(title, SIZES.title, width - 2 * GAP), GAP, top, "title", INK));
    top += SIZES.title + GAP;
  }
  panels.forEach((panel, i) => {
    const x = GAP + (i % columns) * (panelWidth + gap);
    const y = top + Math.floor(i / columns) * (cell.height + gap);
    items.push(...panelItems(panel, images[i]!, { x, y, width: panelWidth, lines: cell.lines }));
  });
  let height = top + Math.ceil(panels.length / columns) * (cell.height + gap) - gap + GAP;
  if (colorBar) {
    items.push(...barItems(colorBar, height, width));
    height += NOTE_HEIGHT + GAP;
  }
  return { width, height, background: WHITE, items };
}

interface Cell {
  readonly width: number;
  readonly height: number;
  /** Height of the lines above the picture. */
  readonly lines: number;
}

const heightAt = (image: Image, width: number): number => Math.max(1, Math.round((image.height * width) / image.width));

function cellOf(panels: readonly Panel[], images: readonly Image[], width: number): Cell {
  const label = panels.some((panel) => panel.label !== undefined) ? SIZES.label + LINE_GAP : 0;
  const note = panels.some((panel) => panel.note !== undefined) ? NOTE_HEIGHT + LINE_GAP : 0;
  const lines = label + note;
  return { width, lines, height: lines + Math.max(...images.map((image) => heightAt(image, width))) };
}

/** Near ASPECT; rows as even as they can be: four panels are two and two, not three and one. */
function columnsFor(count: number, { width, height }: Cell, gap: number): number {
  const columns = Math.max(1, Math.round(Math.sqrt((count * ASPECT * (height + gap)) / (width + gap))));
  return Math.ceil(count / Math.ceil(count / columns));
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly lines: number;
}

/** The lines of a panel stand above its picture, and all pictures of a row on one height. */
function* panelItems({ label, note }: Panel, image: Image, { x, y, width, lines }: Place): Generator<FigureItem> {
  if (label !== undefined) yield line(fitText(label, SIZES.label, width), x, y, "label", INK);
  const second = y + lines - NOTE_HEIGHT - LINE_GAP;
  if (note !== undefined) yield line(fitText(note, SIZES.note, width), x, second, "note", DIM);
  const title = [label, note].filter((text) => text !== undefined).join(", ");
  const place = { x, y: y + lines, width, height: heightAt(image, width) };
  yield { kind: "picture", image, ...place, ...(title && { title }) };
}

/** low ▓▓▓▓ high  caption. */
function barItems({ colormap, low, high, caption = "" }: ColorBar, y: number, width: number): FigureItem[] {
  const from = GAP + textWidth(low, SIZES.note) + LINE_GAP * 2;
  const ends = from + textWidth(high, SIZES.note) + LINE_GAP * 2 + GAP;
  const bar = Math.max(1, Math.min(BAR.width, width - ends));
  const after = from + bar + LINE_GAP * 2;
  const tail = after + textWidth(high, SIZES.note) + GAP;
  return [
    line(low, GAP, y, "note", INK),
    { kind: "picture", image: ramp(colormap), x: from, y: y - 1, width: bar, height: BAR.height, title: "colour bar" },
    line(high, after, y, "note", INK),
    line(fitText(caption, SIZES.note, Math.max(0, width - GAP - tail)), tail, y, "note", DIM),
  ];
}

const line = (text: string, x: number, y: number, size: keyof typeof SIZES, color: Color): FigureItem => ({
  kind: "text",
  ...{ text, x, y, size: SIZES[size], color },
});

/** All 256 colours from left to right. */
function ramp(colormap: ColormapName): Image {
  const image = newImage(256, 1, 3);
  image.data.set(colorTable(colormap));
  return image;
}
