/** The lists that are chosen from: pictures, classes with what the network gave them, methods, layers. */
import type { PagePicture } from "../report/page-data.ts";
import { element, part, partOf } from "./element.ts";
import { percent, spelled } from "./text.ts";

/** One radio button for each picture; none when there is only one. */
export function listPictures(pictures: readonly PagePicture[], choose: (index: number) => void): void {
  const strip = part("pictures");
  strip.hidden = pictures.length < 2;
  pictures.forEach(({ name, source, maps }, index) => {
    const radio = radioOf("picture", index === 0, () => choose(index));
    const thumb = element("span", "thumb");
    if (source !== undefined) {
      const image = element("img");
      image.src = source;
      image.alt = "";
      thumb.append(image);
    }
    // The folder is in the title: there is room for little more than a word.
    const short = name.split(/[\\/]/).at(-1)!;
    const label = element("label", "", radio, thumb, element("span", "name", short));
    label.title = name;
    radio.classList.add("spoken");
    if (maps.some(({ warnings }) => warnings.length > 0)) {
      const flag = element("span", "flag", "!");
      flag.setAttribute("role", "img");
      flag.setAttribute("aria-label", "has warnings");
      label.append(flag);
    }
    strip.append(label);
  });
}

/** What the network says, best first; classes that have a map can be chosen. */
export function listClasses({ predictions, maps }: PagePicture, now: string, choose: (label: string) => void): void {
  const known = new Map<string, number | undefined>();
  for (const { label, probability } of predictions) known.set(label, probability);
  const explained = new Set(maps.map(({ target }) => target.label));
  for (const { target } of maps) if (!known.has(target.label)) known.set(target.label, target.probability);
  const rows = [...known].map(([label, probability]) => {
    const texts = [
      element("span", "name", spelled(label)),
      element("span", "", probability === undefined ? "" : percent(probability)),
    ];
    const bar = element("span", "bar", element("i"));
    (bar.firstElementChild as HTMLElement).style.width = `${(100 * (probability ?? 0)).toFixed(2)}%`;
    if (!explained.has(label)) return element("div", "class", ...texts, bar);
    return element(
      "label",
      "class",
      radioOf("class", label === now, () => choose(label)),
      ...texts,
      bar,
    );
  });
  const list = part("classes");
  list.replaceChildren(list.firstElementChild!, ...rows);
}

/** Fills a <select>; one that leaves no choice is shown but not offered. */
export function listOptions(id: string, values: readonly string[], now: string): void {
  const select = partOf(id, HTMLSelectElement);
  select.replaceChildren(
    ...values.map((value) => {
      const option = element("option", "", value);
      option.value = value;
      option.selected = value === now;
      return option;
    }),
  );
  select.disabled = values.length < 2;
}

function radioOf(name: string, checked: boolean, choose: () => void): HTMLInputElement {
  const radio = element("input");
  radio.type = "radio";
  radio.name = name;
  radio.checked = checked;
  radio.addEventListener("change", choose);
  return radio;
}
