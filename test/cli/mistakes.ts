/** Mistakes on the command line, and what each must be answered with. */
import type { ErrorCode } from "../../src/errors.ts";

/** What is wrong, the words after "gradcam", the exit code, the error's code, and what the message must name. */
export type Mistake = readonly [title: string, words: string, exit: number, code: ErrorCode, names: RegExp];

const CAT = "explain examples/cat.jpg";
/** An ONNX model that takes pictures of any size. */
const OPEN = "test/golden/onnx/resnet.onnx";

export const MISTAKES: readonly Mistake[] = [
  ["a missing picture", "explain missing.jpg", 4, "E_IMAGE_UNREADABLE", /did you mean \S+\.\w+\?/],
  ["a misspelt picture", "explain examples/cta.jpg", 4, "E_IMAGE_UNREADABLE", /did you mean examples\/cat\.jpg/],
  ["a folder without pictures", "classify src/wasm", 4, "E_IMAGE_UNREADABLE", /without pictures.*src\/wasm\/\*\*/],
  ["a pattern that nothing matches", "classify examples/*.webp", 4, "E_IMAGE_UNREADABLE", /no picture that matches/],
  ["a text as a picture", "classify package.json", 4, "E_IMAGE_FORMAT", /JPEG, PNG/],

  ["row 39: an unknown layer", `${CAT} --layer nope`, 2, "E_TARGET_LAYER", /did you mean "_relu_head"/],
  ["a misspelt layer", `${CAT} --layer _blocks.3._relu9`, 2, "E_TARGET_LAYER", /did you mean "_blocks\.3\._relu\d"/],
  ["a layer without a map", `${CAT} --layer _softmax`, 2, "E_TARGET_LAYER", /\[1,1000\]/],
  ["row 39: a class beyond the last", `${CAT} --target 1000`, 2, "E_TARGET_CLASS", /999/],
  ["row 39: a negative class", `${CAT} --target=-1`, 2, "E_TARGET_CLASS", /0 to 999/],
  ["row 39: a misspelt class", `${CAT} --target espreso`, 2, "E_TARGET_CLASS", /did you mean "espresso"/],
  ["a place beyond the last class", `${CAT} --target top-1001`, 2, "E_TARGET_CLASS", /top-1000/],
  ["one layer to fuse", `${CAT} --layer _blocks.4 --fuse max`, 2, "E_OPTION", /--fuse: .*two or more --layer, got one/],
  ["an option that the method has not", `${CAT} --set maxN=3`, 2, "E_OPTION", /"maxN"/],
  [
    "row 55: a misspelt option of a method",
    `${CAT} --method fem --set deviation=3`,
    2,
    "E_OPTION",
    /did you mean "deviations"/,
  ],
  [
    "row 55: an option of a method out of range",
    `${CAT} --method fem --set deviations=-1`,
    2,
    "E_OPTION",
    /at least 0/,
  ],
  ["an option without a value", `${CAT} --set maxN`, 2, "E_OPTION", /--set: expected name=value.*gradcam methods/],
  ["one unknown method of several", `${CAT} --method fem,gradcam`, 2, "E_OPTION", /did you mean "grad-cam"/],
  ["an unknown method to list", "methods scorecam", 2, "E_OPTION", /did you mean "score-cam"/],
  ["an unknown method", `${CAT} --method gradcam`, 2, "E_OPTION", /did you mean "grad-cam"/],
  ["an unknown metric", "metrics examples/cat.jpg --metrics delection", 2, "E_OPTION", /did you mean "deletion"/],
  ["a threshold without a number", "metrics examples/cat.jpg --fail-under insertion", 2, "E_OPTION", /NAME=NUMBER/],
  ["a threshold of no metric", "metrics examples/cat.jpg --fail-under road=0", 2, "E_OPTION", /--metrics as well/],
  ["a threshold twice", "metrics x.jpg --fail-under deletion=1 --fail-under deletion=2", 2, "E_OPTION", /once/],
  ["a missing file of boxes", "metrics examples/cat.jpg --boxes nope.json", 1, "E_IO", /--boxes nope\.json/],

  ["a picture as a model", `${CAT} --model examples/cat.jpg`, 3, "E_NOT_A_MODEL", /Keras, ONNX/],
  ["a text as a model", `${CAT} --model README.md`, 3, "E_NOT_A_MODEL", /Keras, ONNX.*the embedded/],
  ["a missing model", "inspect --model nowhere/vgg16.h5", 3, "E_MODEL_NOT_FOUND", /nowhere\/vgg16\.h5/],
  ["a misspelt model", "inspect --model vgg61", 3, "E_MODEL_NOT_FOUND", /did you mean "vgg1\d"/],
  ["a misspelt architecture", "inspect --architecture vgg61", 2, "E_OPTION", /did you mean "vgg16"/],

  ["the name of a model as a file", "inspect vgg16.h5", 3, "E_MODEL_NOT_FOUND", /did you mean the name "vgg16"\?/],
  ["an unknown name to download", "pull vgg1", 3, "E_MODEL_NOT_FOUND", /gradcam models .*did you mean "vgg1\d"/],
  ["a file whose size is open", `${CAT} -m ${OPEN}`, 4, "E_INPUT_SHAPE", /--input-shape 224x224/],
  ["a size that is none", `${CAT} -m ${OPEN} --input-shape big`, 2, "E_OPTION", /--input-shape: .*"224x224"/],
  ["a folder as a model", "inspect test/golden/tfjs/graph_small_f32", 1, "E_IO", /f32\/model\.json\?/],

  [
    "a picture without a command",
    "examples/cat.jpg",
    2,
    "E_OPTION",
    /did you mean gradcam explain examples\/cat\.jpg\?/,
  ],
  ["help of an unknown command", "help explian", 2, "E_OPTION", /did you mean explain\?/],
  ["an unknown command", "explian", 2, "E_OPTION", /did you mean explain\?/],
  ["row 55: an unknown flag", `${CAT} --layr x`, 2, "E_OPTION", /did you mean --layer\?/],
  ["a flag of a later version", `${CAT} --video x.mp4`, 2, "E_OPTION", /--video/],
  ["no picture", "explain", 2, "E_OPTION", /'image'/],
  ["a flag without its value", `${CAT} --layer`, 2, "E_OPTION", /--layer/],
  ["a number out of range", `${CAT} --alpha 3`, 2, "E_OPTION", /from 0 to 1.*nearest is 1/],
  ["a word as a number", `${CAT} --alpha half`, 2, "E_OPTION", /from 0 to 1, got "half"/],
  ["a count that is not whole", "classify examples/cat.jpg --top 1.5", 2, "E_OPTION", /a whole number/],
  ["an unknown choice", `${CAT} --score logits`, 2, "E_OPTION", /did you mean "logit"/],
  ["an unknown colour map", `${CAT} --colormap turbot`, 2, "E_OPTION", /did you mean "turbo"/],
  ["an unknown preset", `${CAT} --preprocess caffee`, 2, "E_OPTION", /did you mean "caffe"/],
  ["contradictory builds", `${CAT} --exact --build relaxed`, 2, "E_OPTION", /not both/],
  ["row 52: a missing file of labels", "inspect --labels nope.txt", 1, "E_IO", /nope\.txt/],
  ["a missing table of algorithms", "inspect --tuning nope.json", 1, "E_IO", /--tuning nope\.json.*no such file/],
  ["row 55: a table that is no JSON", "inspect --tuning README.md", 2, "E_INPUT_VALUE", /bench --tune/],
  ["row 55: a table that is something else", "inspect --tuning package.json", 2, "E_INPUT_VALUE", /version/],
  ["algorithms for an exact model", "bench --tune --exact", 2, "E_OPTION", /--exact/],
  ["no runs", "bench --runs 0", 2, "E_OPTION", /from 1 to/],
  ["the pipe twice", "classify - -", 2, "E_OPTION", /at most once/],
  ["no pictures at once", "classify examples --jobs 0", 2, "E_OPTION", /--jobs: .*from 1 to/],
  ["an unknown placeholder", `${CAT} --output out/{nam}.png`, 2, "E_OPTION", /did you mean \{name\}/],
  ["a pattern for files of another kind", `${CAT} --output {name}.gif`, 2, "E_OPTION", /\.png/],
  ["two pictures of one name", `${CAT} examples/cat.jpg --force`, 1, "E_EXISTS", /this very command.*\{folder\}/],
  ["two pictures on stdout", `${CAT} examples/coffee.jpg --output -`, 2, "E_OPTION", /2 pictures/],
  ["a picture and JSON on stdout", `${CAT} --output - --json`, 2, "E_OPTION", /--json/],
];
