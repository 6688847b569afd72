/** Every parser that is fuzzed, by the name that `npm run fuzz -- --parser` takes. */
import { hdf5 } from "./hdf5.ts";
import { kerasConfig, zip } from "./keras.ts";
import { onnx } from "./onnx.ts";
import { pictures } from "./pictures.ts";
import { portable } from "./portable.ts";
import { safetensors } from "./safetensors.ts";
import type { Target } from "./target.ts";
import { tfjs } from "./tfjs.ts";

export const targets: Readonly<Record<string, Target>> = {
  onnx,
  tfjs,
  "keras-config": kerasConfig,
  zip,
  safetensors,
  portable,
  pictures,
  hdf5,
};
