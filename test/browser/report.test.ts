/** The report in a real browser: everything can be chosen, nothing is requested, no policy is violated. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Explanation, explainMany, loadModel, readImage, report } from "../../src/node.ts";
import { launchChromium } from "./chromium.ts";

const MARKUP = "</script><img src=x onerror=\"document.title='broken'\">";

let browser: Browser;
let page: Page;
let folder: string;
let url: string;
let explanations: Explanation[];
const requested: string[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  const labels = Array.from({ length: 1000 }, (_, i) => (i === 967 ? MARKUP : `class_${i}`));
  const model = await loadModel(undefined, { labels });
  const [cat, both] = await Promise.all(
    ["cat", "cat-and-coffee"].map((name) => readImage(new URL(`../../examples/${name}.jpg`, import.meta.url))),
  );
  const asked = { methods: ["grad-cam", "layer-cam"], layers: ["auto", "_blocks.9"], targets: [285, 967] } as const;
  explanations = await explainMany(model, cat!, asked);
  const signed = await explainMany(model, both!, { targets: [967], sign: "signed" });
  model.dispose();
  const flat = signed.map((explanation) => ({
    ...explanation,
    warnings: [{ code: "FLAT", message: "every position has the same value", hint: "choose another layer" }] as const,
  }));
  const curve = { x: [0, 0.5, 1], y: [0.1, 0.6, 0.9] };
  const others = [{ name: "random maps", x: curve.x, y: [0.1, 0.3, 0.9] }];
  const html = await report(
    [
      {
        name: "photos/cat.jpg",
        image: cat!,
        explanations,
        metrics: explanations.map(() => [
          { name: "insertion", value: 0.55, better: "higher", random: 0.4, curve, others },
        ]),
      },
      { name: MARKUP, image: both!, explanations: flat },
    ],
    { title: MARKUP },
  );
  folder = mkdtempSync(join(tmpdir(), "gradcam-report-"));
  writeFileSync(join(folder, "report.html"), html);
  url = pathToFileURL(join(folder, "report.html")).href;
  browser = await launchChromium();
  page = await browser.newPage({ viewport: { width: 1200, height: 900 }, reducedMotion: "reduce" });
  page.on("request", (request) => requested.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(url);
});

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

/** The pixels of the map as one text: another map, another text. */
const painted = (): Promise<string> =>
  page.evaluate(() => (document.getElementById("heat") as HTMLCanvasElement).toDataURL());
const readout = (): Promise<string> => page.locator("#readout").innerText();
const rawOf = (method: string, layer: string, index: number): Explanation["raw"] =>
  explanations.find((one) => one.method === method && one.layer === layer && one.target.index === index)!.raw;
/** As the page writes it. */
const four = (value: number): string => String(Number(value.toPrecision(4))).replace("-", "−");

describe("a report in Chromium", () => {
  it("shows another map when another class is chosen", async () => {
    const before = await painted();
    await page
      .locator("#classes")
      .getByRole("radio", { name: /img src=x/ })
      .check();
    expect(await painted()).not.toBe(before);
    await page.getByRole("radio", { name: /class 285/ }).check();
    expect(await painted()).toBe(before);
  });

  it("shows another map when another method, and another when another layer is chosen", async () => {
    const maps = [await painted()];
    await page.getByRole("combobox", { name: "Method" }).selectOption("layer-cam");
    maps.push(await painted());
    await page.getByRole("combobox", { name: "Layer" }).selectOption("_blocks.9");
    maps.push(await painted());
    expect(new Set(maps).size).toBe(3);
    await page.getByRole("combobox", { name: "Method" }).selectOption("grad-cam");
    await page.getByRole("combobox", { name: "Layer" }).selectOption("_relu_head");
    expect(await painted()).toBe(maps[0]);
  });

  it("paints in other colours", async () => {
    const before = await painted();
    await page.getByLabel("Colours").selectOption("viridis");
    expect(await painted()).not.toBe(before);
    await page.getByLabel("Colours").selectOption("turbo");
    expect(await painted()).toBe(before);
  });

  it("fades the map with the slider, by mouse and by keyboard", async () => {
    const heat = page.locator("#heat");
    await expect.poll(() => heat.evaluate((canvas) => getComputedStyle(canvas).opacity)).toBe("0.6");
    await page.getByLabel("Opacity").fill("30");
    await expect.poll(() => heat.evaluate((canvas) => getComputedStyle(canvas).opacity)).toBe("0.3");
    await page.getByLabel("Opacity").press("ArrowRight");
    expect(await page.locator("#percent").innerText()).toBe("35 %");
  });

  it("says the raw value of the cell that is pointed at and its share of the score", async () => {
    const box = (await page.locator("#frame").boundingBox())!;
    await page.mouse.move(box.x + (box.width * 2.5) / 7, box.y + (box.height * 4.5) / 7);
    const { data } = rawOf("grad-cam", "_relu_head", 285);
    const value = data[4 * 7 + 2]!;
    const share = (100 * value) / explanations[0]!.target.score;
    expect(await readout()).toContain(`value ${four(value)}`);
    expect(await readout()).toContain(`${share.toFixed(2)} % of the score`);
    expect(await readout()).toContain("row 5, column 3 of 7 × 7");
    await page.mouse.move(0, 0);
    expect(await readout()).toContain("all cells add up to");
  });

  it("is walked through with the arrow keys, aloud for screen readers", async () => {
    await page.locator("#frame").focus();
    for (const key of ["ArrowRight", "ArrowRight", "ArrowUp"]) await page.keyboard.press(key);
    const value = rawOf("grad-cam", "_relu_head", 285).data[2 * 7 + 4]!;
    expect(await readout()).toContain(`value ${four(value)}`);
    expect(await page.getByRole("status").first().textContent()).toContain(", row 3, column 5");
    expect(await page.locator("#cell").isVisible()).toBe(true);
    await page.keyboard.press("Escape");
    expect(await page.locator("#cell").isVisible()).toBe(false);
  });

  it("plots what was measured", async () => {
    const figure = page.locator("#figures figure");
    expect(await figure.innerText()).toMatch(
      /^insertion\s+0\.55\s+higher is better\s+random 0\.4[^]*this map\s+random maps$/,
    );
    const points = await figure
      .locator("polyline")
      .evaluateAll((lines) => lines.map((line) => line.getAttribute("points")));
    // Three points each; the first axis is at 34, y = 0 at 100 and y = 1 at 8.
    expect(points).toEqual(["34.0,90.8 133.0,72.4 232.0,17.2", "34.0,90.8 133.0,44.8 232.0,17.2"]);
    expect(await figure.locator("title").textContent()).toBe(
      "insertion: from 0.1 to 0.9; random maps: from 0.1 to 0.9",
    );
  });

  it("turns to another picture by keyboard, explains its warnings and has two colours for signs", async () => {
    await page.getByRole("radio", { name: "cat.jpg" }).focus();
    await page.keyboard.press("ArrowRight");
    await expect
      .poll(() => page.locator("#warnings").innerText())
      .toMatch(/FLAT every position[^]*points nowhere[^]*What to try/);
    expect(await page.getByLabel("Colours").isDisabled()).toBe(true);
    expect(await page.locator("#low").innerText()).toMatch(/^−/);
    expect(await page.locator("#metrics").isVisible()).toBe(false);
  });

  it("row 51: shows markup in titles, file names and labels as it is written", async () => {
    expect(await page.title()).toBe(MARKUP);
    expect(await page.locator("h1").innerText()).toBe(MARKUP);
    expect(await page.locator("#classes").innerText()).toContain(MARKUP);
    expect(await page.locator("img:not([src^='data:'])").count()).toBe(0);
  });

  it("asks nobody for anything, violates no policy and reports no error", () => {
    expect(requested.filter((address) => address !== url && !address.startsWith("data:"))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it.each(["light", "dark"] as const)("has text of enough contrast on a %s page (WCAG AA)", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    const colors = await page.evaluate(() => {
      const style = getComputedStyle(document.documentElement);
      const names = ["paper", "sheet", "ink", "soft", "accent", "tint", "warn", "warn-tint"];
      return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
    });
    const pairs = [["ink", "paper"], ["ink", "sheet"], ["ink", "tint"], ["ink", "warn-tint"], ["soft", "paper"], ["soft", "sheet"], ["accent", "paper"], ["warn", "warn-tint"], ["paper", "warn"]]; // prettier-ignore
    for (const [text, ground] of pairs) {
      expect(contrast(colors[text!]!, colors[ground!]!), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("fits a narrow screen without scrolling sideways", async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    const boxes = page.locator("#readout span");
    expect(await boxes.evaluateAll((facts) => facts.map((fact) => fact.getClientRects().length))).toEqual([1, 1]);
    // To look at: REPORT_SCREENSHOTS=folder npm run test:browser
    const place = process.env["REPORT_SCREENSHOTS"];
    if (place === undefined) return;
    mkdirSync(place, { recursive: true });
    await page.screenshot({ path: join(place, "narrow.png"), fullPage: true });
    await page.setViewportSize({ width: 1200, height: 900 });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(place, `${colorScheme}.png`), fullPage: true });
    }
  });
});

/** (L₁ + 0.05) / (L₂ + 0.05) of relative luminances: WCAG 2.2, contrast ratio. */
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex: string): number {
  const digits = hex.length === 4 ? hex.replace(/[^#]/g, "$&$&") : hex;
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(digits.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
