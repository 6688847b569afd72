/** The page as a whole: what is shown now, and what happens when something else is chosen. */
import type { PageData, PageMap, PagePicture } from "../report/page-data.ts";
import { type Choice, choiceOf, chosen, valuesFor } from "./choice.ts";
import { listClasses, listOptions, listPictures } from "./controls.ts";
import { showDetails } from "./details.ts";
import { part, partOf } from "./element.ts";
import { spelled } from "./text.ts";
import { bytesOf } from "./unpack.ts";
import { Viewer } from "./viewer.ts";

export class Page {
  readonly #data: PageData;
  readonly #viewer = new Viewer();
  #picture: PagePicture;
  #map: PageMap;
  #colormap: string;

  constructor(data: PageData) {
    this.#data = data;
    this.#picture = data.pictures[0]!;
    this.#map = this.#picture.maps[0]!;
    this.#colormap = Object.keys(data.colormaps)[0]!;
  }

  start(): void {
    const { title, subtitle, version, pictures, colormaps } = this.#data;
    part("title").textContent = title;
    part("subtitle").textContent = subtitle;
    part("version").textContent = version;
    listPictures(pictures, (index) => this.#turnTo(pictures[index]!));
    listOptions("colormap", Object.keys(colormaps), this.#colormap);
    this.#listen();
    part("main").hidden = false;
    this.#listAll();
    this.#show();
  }

  #listen(): void {
    const onChange = (id: string, change: (value: string) => void): void => {
      const select = partOf(id, HTMLSelectElement);
      select.addEventListener("change", () => change(select.value));
    };
    onChange("method", (method) => this.#choose({ method }, "method"));
    onChange("layer", (layer) => this.#choose({ layer }, "layer"));
    onChange("colormap", (name) => {
      this.#colormap = name;
      this.#show();
    });
    const opacity = partOf("opacity", HTMLInputElement);
    const setOpacity = (): void => {
      this.#viewer.opacity = Number(opacity.value) / 100;
      part("percent").textContent = `${opacity.value} %`;
    };
    opacity.addEventListener("input", setOpacity);
    setOpacity();
    part("controls").addEventListener("submit", (event) => event.preventDefault());
  }

  #turnTo(picture: PagePicture): void {
    const choice = choiceOf(this.#map);
    this.#picture = picture;
    this.#map = picture.maps[chosen(picture.maps, choice)]!;
    this.#listAll();
    this.#show();
    this.#say();
  }

  #choose(change: Partial<Choice>, changed: keyof Choice): void {
    const { maps } = this.#picture;
    const before = choiceOf(this.#map).target;
    this.#map = maps[chosen(maps, { ...choiceOf(this.#map), ...change }, changed)]!;
    if (changed !== "target" && choiceOf(this.#map).target !== before) this.#listAll();
    else this.#listOptions();
    this.#show();
    this.#say();
  }

  /** Classes keep their buttons while one of them is chosen: replacing them would take the focus away. */
  #listAll(): void {
    listClasses(this.#picture, this.#map.target.label, (target) => this.#choose({ target }, "target"));
    this.#listOptions();
  }

  #listOptions(): void {
    const { maps } = this.#picture;
    const now = choiceOf(this.#map);
    listOptions("method", valuesFor(maps, "method"), now.method);
    listOptions("layer", valuesFor(maps, "layer"), now.layer);
  }

  #show(): void {
    this.#viewer.show(this.#picture, this.#map, bytesOf(this.#data.colormaps[this.#colormap]!));
    partOf("colormap", HTMLSelectElement).disabled = this.#map.sign === "signed";
    showDetails(this.#map);
  }

  #say(): void {
    const { method, layer, target, warnings } = this.#map;
    const beware = warnings.length > 0 ? `, ${warnings.length} warning${warnings.length > 1 ? "s" : ""}` : "";
    part("spoken").textContent =
      `${this.#picture.name}: ${method} of ${spelled(target.label)}, layer ${layer}${beware}`;
  }
}
