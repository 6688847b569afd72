/** The ABI: every kernel that TypeScript may call, one line each. Typed in src/wasm/kernels.ts. */
export { accumulate } from "./accumulate";
export { relu, reluGradient } from "./activation/index";
export { clippedRelu, clippedReluGradient } from "./activation/index";
export { leakyRelu, leakyReluGradient } from "./activation/index";
export { hardSigmoid, hardSigmoidGradient } from "./activation/index";
export { hardSwish, hardSwishGradient } from "./activation/index";
export { softsign, softsignGradient } from "./activation/index";
export { exponential, exponentialGradient } from "./activation/index";
export { elu, eluGradient } from "./activation/index";
export { sigmoid, sigmoidGradient } from "./activation/index";
export { swish, swishGradient } from "./activation/index";
export { tanh, tanhGradient } from "./activation/index";
export { softplus, softplusGradient } from "./activation/index";
export { mish, mishGradient } from "./activation/index";
export { gelu, geluGradient } from "./activation/index";
export { geluTanh, geluTanhGradient } from "./activation/index";
export { multiplyAdd } from "./probe";
