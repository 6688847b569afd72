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
export { clear } from "./clear";
export { col2im } from "./conv/col2im";
export { depthwiseBytes, depthwiseInputGradient, depthwiseRows } from "./conv/depthwise";
export { depthwiseFive } from "./conv/depthwise-tiles";
export { depthwiseWeightGradient } from "./conv/depthwise-weights";
export { convRows, convRowsBytes } from "./conv/direct";
export { im2col } from "./conv/im2col";
export { transposePanels, transposeRows } from "./conv/transpose-panels";
export { winogradInputGradient, winogradRows } from "./conv/winograd";
export { winogradGatedColumn } from "./conv/winograd-gated-input";
export { winogradInputColumn, winogradInputRow } from "./conv/winograd-input";
export { winogradBytes } from "./conv/winograd-job";
export { winogradOutputColumn, winogradOutputRow } from "./conv/winograd-output";
export { winogradTiles4, winogradTiles5, winogradTiles6 } from "./conv/winograd-tiles";
export { winogradWideTiles4, winogradWideTiles5, winogradWideTiles6 } from "./conv/winograd-wide-tiles";
export {
  winogradKernelSums,
  winogradSpread,
  winogradWeightGradient,
  winogradWeightGradientBytes,
} from "./conv/winograd-weight-gradient";
export { winogradPanels } from "./conv/winograd-weights";
export { denseFourHalfRows, denseFourRows, denseRow, denseRowBytes } from "./dense";
export { denseRowsGradient } from "./dense-gradient";
export { gemm, gemmBytes, multiplyPanels, multiplyPanelsBytes } from "./gemm/gemm";
export { tiles4, tiles5, tiles6 } from "./gemm/kernel";
export { wideTiles4, wideTiles5, wideTiles6 } from "./gemm/kernel-wide";
export { tile1, tile2, tile3 } from "./gemm/kernel-rest";
export { packPanels } from "./gemm/pack";
export { narrowF16, widenF16 } from "./half";
export { widenI8 } from "./int8";
export { maskGradient } from "./mask-gradient";
export { add, sub, mul, div, maximum, minimum, greaterEqual, less } from "./elementwise";
export { sumRows, sumColumns, centredDotRows } from "./sums";
export { maxRows, maxRowsGradient } from "./max-rows";
export { normalizeRows, addScaledRows, addToRows, scaleRows } from "./rows";
export { mixRows } from "./mix-rows";
export { copyBlock, addBlock } from "./block";
export { gather } from "./transpose";
export { softmax, softmaxGradient } from "./softmax";
export { maxPool, maxPoolGradient } from "./pool/max";
export { averagePool, averagePoolGradient } from "./pool/average";
