/** The activations in the ABI: a value and a gradient kernel each, all of one signature. */

const ACTIVATIONS = [
  "relu",
  "clippedRelu",
  "leakyRelu",
  "hardSigmoid",
  "hardSwish",
  "softsign",
  "exponential",
  "elu",
  "sigmoid",
  "swish",
  "tanh",
  "softplus",
  "mish",
  "gelu",
  "geluTanh",
] as const;

export type ActivationName = (typeof ACTIVATIONS)[number];

/** y = f(x), n elements. What alpha and beta mean depends on f; see assembly/activation/. */
type Activate = (x: number, y: number, n: number, alpha: number, beta: number) => void;

/** dx += dy·f′, n elements, computed from v = x or v = y. */
type ActivateGradient = (v: number, dy: number, dx: number, n: number, alpha: number, beta: number) => void;

export type ActivationKernels = Record<ActivationName, Activate> &
  Record<`${ActivationName}Gradient`, ActivateGradient>;

export const ACTIVATION_ARITY = Object.fromEntries(
  ACTIVATIONS.flatMap((name) => [
    [name, 5],
    [`${name}Gradient`, 6],
  ]),
) as Readonly<Record<keyof ActivationKernels, number>>;
