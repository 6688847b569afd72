/** The activations as kernels, all of one signature: y = f(x), and dx += dy·f′(v) with v = x or y. */
import { Elu, Exponential, Sigmoid, Swish, Tanh } from "./exponential";
import { backward, forward } from "./map";
import { ClippedRelu, HardSigmoid, HardSwish, LeakyRelu, Relu, Softsign } from "./piecewise";
import { Gelu, GeluTanh, Mish, Softplus } from "./smooth";

export function relu(x: usize, y: usize, n: i32, alpha: f32, beta: f32): void {
  forward<Relu>(x, y, n, alpha, beta);
}
export function reluGradient(v: usize, dy: usize, dx: usize, n: i32, alpha: f32, beta: f32): void {
  backward<Relu>(v, dy, dx, n, alpha, beta);
}

export function clippedRelu(x: usize, y: usize, n: i32, alpha: f32, beta: f32): void {
  forward<ClippedRelu>(x, y, n, alpha, beta);
}
export function clippedReluGradient(v: usize, dy: usize, dx: usize, n: i32, alpha: f32, beta: f32): void {
  backward<ClippedRelu>(v, dy, dx, n, alpha, beta);
}

export function leakyRelu(x: usize, y: usize, n: i32, alpha: f32, beta: f32): void {
  forward<LeakyRelu>(x, y, n, alpha, beta);
}
export function leakyReluGradient(v: usize, dy: usize, dx: usize, n: i32, alpha: f32, beta: f32): void {
  backward<LeakyRelu>(v, dy, dx, n, alpha, beta);
}

export function hardSigmoid(x: usize, y: usize, n: i32, alpha: f32, beta: f32): void {
  forward<HardSigmoid>(x, y, n, alpha, beta);
}
export function hardSigmoidGradient(v: usize, dy: usize, dx: usize, n: i32, alpha: f32, beta: f32): void {
  backward<HardSigmoid>(v, dy, dx, n, alpha, beta);
}

export function hardSwish(x: usize, y: usize, n: i32, alpha: f32, beta: f32): void {
  forward<HardSwish>(x, y, n, alpha, beta);
}
export function hardSwishGradient(v: usize, dy: usize, dx: usize, n: i32, alpha: f32, beta: f32): void {
  backward<HardSwish>(v, dy, dx, n, alpha, beta);
}

export function softsign(x: usize, y: usize, n: i32, alpha: f32, beta: f32): void {
  forward<Softsign>(x, y, n, alpha, beta);
}
export function softsignGradient(v: usize, dy: usize, dx: usize, n: i32, alpha: f32, beta: f32): void {
  backward<Softsign>(v, dy, dx, n, alpha, beta);
}

export function exponential(x: usize, y: usize, n: i32, alpha: f32, beta: f32): void {
  forward<Exponential>(x, y, n, alpha, beta);
}
export function exponentialGradient(v: usize, dy: usize, dx: usize, n: i32, alpha: f32, beta: f32): void {
  backward<Exponential>(v, dy, dx, n, alpha, beta);
}

export function elu(x: usize, y: usize, n: i32, alpha: f32, beta: f32): void {
  forward<Elu>(x, y, n, alpha, beta);
}
export function eluGradient(v: usize, dy: usize, dx: usize, n: i32, alpha: f32, beta: f32): void {
  backward<Elu>(v, dy, dx, n, alpha, beta);
}

export function sigmoid(x: usize, y: usize, n: i32, alpha: f32, beta: f32): void {
  forward<Sigmoid>(x, y, n, alpha, beta);
}
export function sigmoidGradient(v: usize, dy: usize, dx: usize, n: i32, alpha: f32, beta: f32): void {
  backward<Sigmoid>(v, dy, dx, n, alpha, beta);
}

export function swish(x: usize, y: usize, n: i32, alpha: f32, beta: f32): void {
  forward<Swish>(x, y, n, alpha, beta);
}
export function swishGradient(v: usize, dy: usize, dx: usize, n: i32, alpha: f32, beta: f32): void {
  backward<Swish>(v, dy, dx, n, alpha, beta);
}

export function tanh(x: usize, y: usize, n: i32, alpha: f32, beta: f32): void {
  forward<Tanh>(x, y, n, alpha, beta);
}
export function tanhGradient(v: usize, dy: usize, dx: usize, n: i32, alpha: f32, beta: f32): void {
  backward<Tanh>(v, dy, dx, n, alpha, beta);
}

export function softplus(x: usize, y: usize, n: i32, alpha: f32, beta: f32): void {
  forward<Softplus>(x, y, n, alpha, beta);
}
export function softplusGradient(v: usize, dy: usize, dx: usize, n: i32, alpha: f32, beta: f32): void {
  backward<Softplus>(v, dy, dx, n, alpha, beta);
}

export function mish(x: usize, y: usize, n: i32, alpha: f32, beta: f32): void {
  forward<Mish>(x, y, n, alpha, beta);
}
export function mishGradient(v: usize, dy: usize, dx: usize, n: i32, alpha: f32, beta: f32): void {
  backward<Mish>(v, dy, dx, n, alpha, beta);
}

export function gelu(x: usize, y: usize, n: i32, alpha: f32, beta: f32): void {
  forward<Gelu>(x, y, n, alpha, beta);
}
export function geluGradient(v: usize, dy: usize, dx: usize, n: i32, alpha: f32, beta: f32): void {
  backward<Gelu>(v, dy, dx, n, alpha, beta);
}

export function geluTanh(x: usize, y: usize, n: i32, alpha: f32, beta: f32): void {
  forward<GeluTanh>(x, y, n, alpha, beta);
}
export function geluTanhGradient(v: usize, dy: usize, dx: usize, n: i32, alpha: f32, beta: f32): void {
  backward<GeluTanh>(v, dy, dx, n, alpha, beta);
}
