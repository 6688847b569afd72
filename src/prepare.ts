/** From any picture to the tensor a model was trained on, and the way back for maps. */
import type { Compat } from "./cam/compat.ts";
import { GradCamError } from "./errors.ts";
import { channelsToEnd, channelsToFront } from "./file-layout.ts";
import { given } from "./given.ts";
import { fetchMap, placeMap } from "./image/geometry.ts";
import { asImage, type ImageLike, type Map2D } from "./image/image.ts";
import { type Preprocess, preprocess } from "./image/preprocess.ts";
import { resizeMap } from "./image/resize-map.ts";
import type { Model } from "./model.ts";
import { checkInput, type HostTensor } from "./tensor.ts";

export interface Prepared {
  /** [1,H,W,C], whatever the layout of the file. */
  readonly tensor: HostTensor;
  /** What was passed in: pixels of the picture, or of the tensor. */
  readonly picture: { readonly width: number; readonly height: number };
  /** The size of what the model's input shows: the picture's if all of it was squashed into the input, else the input's. */
  readonly covered: { readonly width: number; readonly height: number };
  /** A map over the model's input, put where it belongs on the picture, at the picture's size. */
  place(map: Map2D): Map2D;
  /** A map over the picture, seen at the pixels of the model's input. */
  fetch(map: Map2D): Map2D;
}

/**
 * The model's own resizing and preprocessing, as a tensor in the layout of the model's file: [1,H,W,C], for ONNX [1,C,H,W].
 * Throws E_INPUT_SHAPE when the picture's bytes do not fit its size.
 */
export function prepare(model: Model, image: ImageLike): HostTensor {
  checkModel(model);
  const tensor = preprocess(asImage(image, "picture"), model.preprocess);
  return isChannelsFirst(model) ? channelsToFront(tensor) : tensor;
}

const isChannelsFirst = (model: Model): boolean => model.inputs[0]!.layout === "NCHW";

const isTensor = (input: unknown): input is HostTensor =>
  typeof input === "object" && input !== null && "shape" in input;

/** Throws E_INPUT_VALUE for what is no model: a promise of one, or arguments in another order. */
export function checkModel(model: Model): void {
  if (typeof (Object(model) as Partial<Model>).ask === "function") return;
  const facts = { where: "model", expected: "what loadModel resolves to" };
  throw new GradCamError("E_INPUT_VALUE", { ...facts, ...given(model) });
}

/** As `prepare`, with the way back. A tensor is taken as it is: its map comes back at the tensor's height and width. */
export function prepareInput(model: Model, input: ImageLike | HostTensor, compat?: Compat): Prepared {
  checkModel(model);
  if (isTensor(input)) {
    const expected = model.inputs[0]!;
    const batch = checkInput(input, expected.shape, `input "${expected.name}"`);
    if (batch !== 1) {
      throw new GradCamError("E_INPUT_SHAPE", {
        where: "explain",
        expected: "one picture",
        got: `a batch of ${batch}`,
      });
    }
    const inner = isChannelsFirst(model) ? channelsToEnd(input, expected.shape.length) : input;
    const [, height, width] = model.innerInputs[0]!.shape;
    const size = { width: width!, height: height! };
    const resized = (map: Map2D): Map2D => resizeMap(map, width!, height!);
    return { tensor: inner, picture: size, covered: size, place: resized, fetch: resized };
  }
  const image = asImage(input, "picture");
  const { width, height } = image;
  // Keras' load_img squashes with Pillow's NEAREST, whatever the model would like.
  const spec: Preprocess =
    compat === "chollet" || compat === "keras-io"
      ? { ...model.preprocess, resize: "nearest", fit: "squash" }
      : model.preprocess;
  const [inputHeight, inputWidth] = spec.size;
  return {
    tensor: preprocess(image, spec),
    picture: { width, height },
    covered: spec.fit === "squash" ? { width, height } : { width: inputWidth, height: inputHeight },
    place: (map) => placeMap(map, spec, width, height),
    fetch: (map) => fetchMap(map, spec),
  };
}
