/** The picture with the map over it, the cell that is pointed at, and what its value means. */
import type { PageMap, PagePicture } from "../report/page-data.ts";
import { element, part, partOf } from "./element.ts";
import { type Grid, heatPixels, scalePixels } from "./heat.ts";
import { number, percent, spelled } from "./text.ts";
import { valuesOf } from "./unpack.ts";

/** Steps of the arrow keys, in cells. */
const STEPS: Readonly<Record<string, readonly [across: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

interface Shown {
  readonly picture: PagePicture;
  readonly map: PageMap;
  readonly grid: Grid;
}

export class Viewer {
  readonly #frame = part("frame");
  readonly #heat = partOf("heat", HTMLCanvasElement);
  readonly #box = part("cell");
  #shown: Shown | undefined;
  #cell: readonly [column: number, row: number] | undefined;

  constructor() {
    this.#frame.addEventListener("pointermove", (event) => this.#pointAt(event));
    this.#frame.addEventListener("pointerdown", (event) => this.#pointAt(event));
    this.#frame.addEventListener("pointerleave", () => this.#mark(undefined));
    this.#frame.addEventListener("keydown", (event) => this.#step(event));
    this.#frame.addEventListener("blur", () => this.#mark(undefined));
  }

  show(picture: PagePicture, map: PageMap, table: Uint8Array): void {
    const { width, height } = map.raw;
    const grid = { values: valuesOf(map.raw), width, height, sign: map.sign };
    if (this.#shown?.picture !== picture) drawPicture(picture);
    this.#shown = { picture, map, grid };
    const { canvas, size } = this.#canvas(picture);
    canvas.putImageData(new ImageData(heatPixels(grid, table, picture.window, ...size), ...size), 0, 0);
    partOf("scale", HTMLCanvasElement)
      .getContext("2d")!
      .putImageData(new ImageData(scalePixels(map.sign, table), 256, 1), 0, 0);
    const [low, high] = extent(grid);
    part("low").textContent = number(low);
    part("high").textContent = number(high);
    this.#frame.setAttribute(
      "aria-label",
      `Map of ${map.method} for ${spelled(map.target.label)} over ${picture.name}`,
    );
    this.#mark(this.#cell && [Math.min(this.#cell[0], width - 1), Math.min(this.#cell[1], height - 1)]);
  }

  set opacity(value: number) {
    this.#heat.style.opacity = String(value);
  }

  #canvas({ width, height }: PagePicture) {
    if (this.#heat.width !== width) this.#heat.width = width;
    if (this.#heat.height !== height) this.#heat.height = height;
    return { canvas: this.#heat.getContext("2d")!, size: [width, height] as const };
  }

  #pointAt({ clientX, clientY }: PointerEvent): void {
    if (!this.#shown) return;
    const { picture, grid } = this.#shown;
    const { left, top, width, height } = this.#frame.getBoundingClientRect();
    const x = ((clientX - left) / width - picture.window.x) / picture.window.width;
    const y = ((clientY - top) / height - picture.window.y) / picture.window.height;
    const inside = x >= 0 && x < 1 && y >= 0 && y < 1;
    this.#mark(inside ? [Math.floor(x * grid.width), Math.floor(y * grid.height)] : undefined);
  }

  #step(event: KeyboardEvent): void {
    if (event.key === "Escape") this.#mark(undefined);
    const step = STEPS[event.key];
    if (!step || !this.#shown) return;
    event.preventDefault();
    const { width, height } = this.#shown.grid;
    const [column, row] = this.#cell ?? [Math.floor(width / 2) - step[0], Math.floor(height / 2) - step[1]];
    const within = (value: number, size: number): number => Math.min(size - 1, Math.max(0, value));
    this.#mark([within(column + step[0], width), within(row + step[1], height)]);
    part("spoken").textContent = Array.from(part("readout").children, (item) => item.textContent).join(", ");
  }

  /** Outlines a cell and says what is in it. */
  #mark(cell: readonly [number, number] | undefined): void {
    this.#cell = cell;
    this.#box.hidden = !cell;
    const readout = part("readout");
    if (!cell || !this.#shown) {
      readout.replaceChildren(...summary(this.#shown));
      return;
    }
    const [column, row] = cell;
    const { picture, grid } = this.#shown;
    const { x, y, width, height } = picture.window;
    const place = { left: x + (column * width) / grid.width, top: y + (row * height) / grid.height };
    const size = { width: width / grid.width, height: height / grid.height };
    for (const [side, value] of Object.entries({ ...place, ...size })) {
      this.#box.style.setProperty(side, `${(value * 100).toFixed(3)}%`);
    }
    readout.replaceChildren(...cellText(this.#shown, column, row));
  }
}

function drawPicture({ source, width, height }: PagePicture): void {
  const canvas = partOf("picture", HTMLCanvasElement);
  // Resizing clears it.
  [canvas.width, canvas.height] = [width, height];
  // All of it on one screen, however tall it is.
  part("frame").style.maxWidth = `calc(80vh * ${width / height})`;
  if (source === undefined) return;
  const image = new Image();
  image.onload = () => {
    if (canvas.dataset["source"] === source) canvas.getContext("2d")!.drawImage(image, 0, 0, width, height);
  };
  canvas.dataset["source"] = source;
  image.src = source;
}

/** Raw values at both ends of the colours. */
function extent({ values, sign }: Grid): [low: number, high: number] {
  const high = values.reduce((most, value) => Math.max(most, value), 0);
  const low = values.reduce((least, value) => Math.min(least, value), 0);
  if (sign === "signed") return [-Math.max(high, -low), Math.max(high, -low)];
  return sign === "negative" ? [0, low] : [0, high];
}

const total = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0);
const positive = (values: Float32Array): number => values.reduce((sum, value) => sum + Math.abs(value), 0);

const item = (...children: readonly (Node | string)[]): HTMLElement => element("span", "", ...children);

/** "row 3, column 4 · value 0.41 · 4 % of the score". */
function cellText({ map, grid }: Shown, column: number, row: number): HTMLElement[] {
  const value = grid.values[row * grid.width + column]!;
  const share = map.additive
    ? [
        element("b", "", percent((value * rawValues(map)) / map.target.score)),
        ` of the score ${number(map.target.score)}`,
      ]
    : [element("b", "", percent(positive(grid.values) > 0 ? value / positive(grid.values) : 0)), " of the map"];
  const place = `row ${row + 1}, column ${column + 1} of ${grid.width} × ${grid.height}`;
  return [item(what(map.raw), " ", element("b", "", number(value))), item(...share), item(place)];
}

/** How many values of the raw map a value of the grid stands for. */
const rawValues = ({ raw: { width, height, of } }: PageMap): number =>
  of ? (of.width * of.height) / (width * height) : 1;

/** What a number of the grid is: itself, rounded, or a mean. */
function what({ width, height, encoding, of }: PageMap["raw"]): string {
  if (!of || (of.width === width && of.height === height)) return encoding === "u8" ? "value about" : "value";
  const [across, down] = [of.width / width, of.height / height].map((size) => String(Number(size.toFixed(1))));
  return `mean of ${across} × ${down} values, about`;
}

/** What is said while nothing is pointed at. */
function summary(shown: Shown | undefined): HTMLElement[] {
  if (!shown) return [];
  const { map, grid } = shown;
  const { score, label } = map.target;
  const scored = item(`${map.score} of ${spelled(label)} `, element("b", "", number(score)));
  const { of = grid } = map.raw;
  if (!map.additive) return [scored, item(`${of.width} × ${of.height} values`)];
  const sum = total(grid.values) * rawValues(map);
  return [scored, item("all cells add up to ", element("b", "", number(sum)), ` (${percent(sum / score)})`)];
}
