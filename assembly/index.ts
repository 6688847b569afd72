/** The ABI: every kernel that TypeScript may call, one line each. Typed in src/wasm/kernels.ts. */
export { accumulate } from "./accumulate";
export { multiplyAdd } from "./probe";
