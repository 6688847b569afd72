/** Scripts have no types: what is passed in place of a model or a picture is named, with what to do about it. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classify, explain, loadModel, type Model, overlay, readImage, writeImage } from "../src/node.ts";

const CAT = "examples/cat.jpg";

describe("an argument that is something else", () => {
  let model: Model;
  beforeAll(async () => {
    model = await loadModel();
  });
  afterAll(() => {
    model.dispose();
  });

  /** As from JavaScript. */
  const any = <T>(value: unknown): T => value as T;
  const image = () => readImage(CAT);

  const MISTAKES: readonly (readonly [title: string, call: () => unknown, code: string, says: RegExp])[] = [
    ["a promise of a model", async () => explain(any(loadModel()), await image()), "E_INPUT_VALUE", /a promise; await/],
    ["a picture before the model", async () => explain(any(await image()), any(model)), "E_INPUT_VALUE", /loadModel/],
    ["no model", async () => classify(any(undefined), await image()), "E_INPUT_VALUE", /got nothing/],
    ["a promise of a picture", () => explain(model, any(readImage(CAT))), "E_INPUT_SHAPE", /a promise; await/],
    ["the path of a picture", () => explain(model, any(CAT)), "E_INPUT_SHAPE", /"examples\/cat\.jpg"; .*readImage/],
    ["no map", async () => overlay(await image(), any(undefined)), "E_INPUT_SHAPE", /Float32Array, got nothing/],
    ["a number as a model", () => loadModel(any(42)), "E_INPUT_VALUE", /a path.*got Number/],
    [
      "a picture before its path",
      async () => writeImage(any(await image()), any("x.png")),
      "E_INPUT_VALUE",
      /a path, then/,
    ],
    ["a misspelt option", async () => explain(model, await image(), any({ traget: 1 })), "E_OPTION", /"traget"/],
  ];

  it.each(MISTAKES)("is %s", async (_title, call, code, says) => {
    const error = await Promise.resolve()
      .then(call)
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ name: "GradCamError", code });
    expect(String(error)).toMatch(says);
  });
});
