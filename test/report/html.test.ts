/** The report as a text: what is in it, what cannot be in it, how large it is. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import sharp from "sharp";
import { report as reportInCore } from "../../src/index.ts";
import { explain, explainMany, type Image, loadModel, type Model, readImage, report } from "../../src/node.ts";
import type { PageData } from "../../src/report/page-data.ts";
import { packMap } from "../../src/report/pack-map.ts";
import { valuesOf } from "../../src/report-page/unpack.ts";
import { codeOf } from "../support/error-code.ts";

const MARKUP = "</script><img src=x onerror=alert(1)><!--<script>&amp;\u2028\"'";

let model: Model;
let cat: Image;

beforeAll(async () => {
  model = await loadModel();
  cat = await readImage("examples/cat.jpg");
});

afterAll(() => model.dispose());

/** What the page is given. */
const dataOf = (html: string): PageData =>
  JSON.parse(/<script id="data" type="application\/json">([^<]*)<\/script>/.exec(html)![1]!) as PageData;

const sha256 = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

describe("a report", () => {
  it("is the same from the core, where pictures are PNG", async () => {
    const explanations = [await explain(model, cat)];
    const [there, here] = await Promise.all(
      [reportInCore, report].map((make) => make(explanations, { image: cat, name: "cat.jpg" })),
    );
    const [{ source, ...picture }] = dataOf(there!).pictures as [PageData["pictures"][number]];
    const [{ source: _jpeg, ...same }] = dataOf(here!).pictures as [PageData["pictures"][number]];
    expect(picture).toEqual(same);
    const [, type, base64] = /^data:(.*);base64,(.*)$/.exec(source!)!;
    const { width, height } = await sharp(Buffer.from(base64!, "base64")).metadata();
    expect([type, width, height]).toEqual(["image/png", picture.width, picture.height]);
    await expect(reportInCore([])).rejects.toMatchObject({ code: "E_OPTION" });
  });

  it("allows exactly its own script and style and asks nobody for anything", async () => {
    const html = await report([await explain(model, cat)], { image: cat, name: "cat.jpg" });
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
    const scripts = [...html.matchAll(/<script>([^]*?)<\/script>/g)].map(([, code]) => sha256(code!));
    const styles = [...html.matchAll(/<style>([^]*?)<\/style>/g)].map(([, code]) => sha256(code!));
    expect(policy.split("; ")).toEqual([
      "default-src 'none'",
      "img-src data:",
      `script-src ${scripts.join(" ")}`,
      `style-src ${styles.join(" ")}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect([scripts.length, styles.length]).toEqual([1, 1]);
    const outside = html.replaceAll("http://www.w3.org/2000/svg", "");
    expect(outside).not.toMatch(/https?:|\bsrc="(?!data:)|@import|url\(|\son\w+=/);
  });

  it("keeps the numbers of layers to the bit, and of pixels their means over 2 × 2 to half a step of 255", async () => {
    const explanations = await explainMany(model, cat, { methods: ["grad-cam", "saliency"], targets: ["top-2"] });
    const [layer, pixels] = dataOf(await report(explanations)).pictures[0]!.maps;
    expect(valuesOf(layer!.raw)).toEqual(explanations[0]!.raw.data);
    const { raw } = pixels!;
    const { data, width, height } = explanations[1]!.raw;
    expect([raw.width, raw.height, raw.of]).toEqual([112, 112, { width, height }]);
    const step = (raw.high - raw.low) / 255;
    const worst = valuesOf(raw).reduce((most, value, i) => {
      const at = 2 * Math.floor(i / 112) * width + 2 * (i % 112);
      const mean = (data[at]! + data[at + 1]! + data[at + width]! + data[at + width + 1]!) / 4;
      return Math.max(most, Math.abs(value - mean));
    }, 0);
    expect(worst).toBeLessThanOrEqual(step * 0.501);
    expect(worst).toBeGreaterThan(0);
  });

  it.each([
    [225, 113],
    [227, 70],
    [1, 5000],
    [640, 480],
  ])("keeps the sum of a map of %i × %i pixels", (width, height) => {
    const data = Float32Array.from({ length: width * height }, (_, i) => Math.sin(i) + (i % 7));
    const packed = packMap({ data, width, height });
    const { width: across, height: down } = packed;
    expect(Math.max(across, down)).toBeLessThanOrEqual(112);
    const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);
    const mean = sum(data) / data.length;
    const step = (packed.high - packed.low) / 255;
    expect(Math.abs(sum(valuesOf(packed)) / (across * down) - mean)).toBeLessThan(step / 10);
  });

  it("is the same text for the same explanations", async () => {
    const explanation = await explain(model, cat);
    expect(await report([explanation], { image: cat })).toBe(await report([explanation], { image: cat }));
  });

  it("says what every warning means", async () => {
    const [explanation] = await explainMany(model, cat, {
      targets: ["espresso"],
      sign: "negative",
      layers: ["_blocks.0"],
    });
    const flat = { ...explanation!, warnings: [{ code: "FLAT", message: "m", hint: "h" }] as const };
    const [map] = dataOf(await report([flat])).pictures[0]!.maps;
    expect(map!.warnings).toMatchObject([{ code: "FLAT", message: "m", hint: "h" }]);
    expect(map!.warnings[0]!.meaning).toMatch(/\w+\.$/);
  });

  it("row 51: has room for markup in names, labels and titles without becoming markup", async () => {
    const labels = Array.from({ length: 1000 }, (_, i) => `${MARKUP} ${i}`);
    const hostile = await loadModel(undefined, { labels });
    const explanations = await explainMany(hostile, cat);
    hostile.dispose();
    const html = await report([{ name: MARKUP, image: cat, explanations }], { title: MARKUP });
    expect(html).not.toMatch(/<img|onerror=alert\(1\)><!--/i);
    expect(html.match(/<\/script/g)).toHaveLength(2);
    const { title, pictures } = dataOf(html);
    expect([title, pictures[0]!.name, pictures[0]!.maps[0]!.target.label]).toEqual([MARKUP, MARKUP, labels[285]]);
  });

  it("of 20 pictures with 4 methods, one of them by pixels, and 5 classes takes at most 3 MB", async () => {
    const names = ["cat", "cat-and-coffee", "coffee", "astronaut"];
    const images = await Promise.all(names.map((name) => readImage(`examples/${name}.jpg`)));
    const methods = ["grad-cam", "layer-cam", "hirescam", "saliency"] as const;
    const targets = ["top-1", "top-2", "top-3", "top-4", "top-5"] as const;
    const pictures = [];
    for (let i = 0; i < 20; i++) {
      const image = images[i % 4]!;
      pictures.push({ name: `${i}.jpg`, image, explanations: await explainMany(model, image, { methods, targets }) });
    }
    const html = await report(pictures);
    expect(dataOf(html).pictures.flatMap(({ maps }) => maps)).toHaveLength(400);
    expect(html.length).toBeLessThanOrEqual(3e6);
    expect(html.length).toBeGreaterThan(3e5);
  });

  it("refuses to be about nothing", async () => {
    expect(await codeOf(() => report([]))).toBe("E_OPTION");
    for (const wrong of [undefined, "cat.jpg", [{}], [undefined]]) {
      expect(await codeOf(() => report(wrong as never))).toBe("E_OPTION");
    }
    expect(await codeOf(() => report([{ name: "cat.jpg", image: cat, explanations: [] }]))).toBe("E_OPTION");
  });
});
