/** The part of the public surface that is the same everywhere. */
export { METHODS, type MethodName } from "./cam/index.ts";
export type { Sign, Warning, WarningCode } from "./cam/normalize.ts";
export { classify } from "./classify.ts";
export { ERROR_CODES, type ErrorCode, GradCamError } from "./errors.ts";
export {
  type Compat,
  explain,
  type ExplainedTarget,
  type Explanation,
  explainMany,
  type ExplainManyOptions,
  type ExplainOptions,
} from "./explain.ts";
export { GraphBuilder } from "./graph/builder.ts";
export type { Graph, Layer, Node, Value, ValueId } from "./graph/graph.ts";
export type { LayerInfo } from "./graph/inspect.ts";
export { type Parameter, parameterOf, type ParameterSource } from "./graph/parameter.ts";
export { boxes, type BoxesOptions, type HotBox } from "./image/boxes.ts";
export { type ColormapName, COLORMAPS } from "./image/colormap.ts";
export type { Image, ImageLike, Map2D } from "./image/image.ts";
export { heatPicture, matrixPicture } from "./image/matrix-picture.ts";
export { overlay, type OverlayOptions } from "./image/overlay.ts";
export { toPng } from "./image/png.ts";
export type { Preprocess } from "./image/preprocess.ts";
export { PRESET_NAMES, type PresetName } from "./image/presets.ts";
export { type Label, type Labels } from "./labels.ts";
export type { EngineOptions, LoadOptions, LoadProgress, ModelOptions, ModelSource } from "./load-model.ts";
export { blobSource, bytesSource, type RandomAccessSource } from "./load/source.ts";
export type { EngineInfo, Model, ModelInput, TensorInfo } from "./model.ts";
export { prepare } from "./prepare.ts";
export { explanationToJson, type JsonExplanation, type JsonMap } from "./report/json.ts";
export type { Score, ScoreExpression, ScoreOutput } from "./score.ts";
export type { ClassRef, Prediction, ScoreKind, Target } from "./target.ts";
export type { HostTensor } from "./tensor.ts";
export { VERSION } from "./version.ts";
