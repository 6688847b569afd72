/** What puts elements into another order or shape: concatenation, transposition, reshaping. */
import { elements, type Shape } from "../../../shape.ts";
import { axisOf, type GraphNet, type Term } from "../graph-net.ts";
import { badAttribute, type GraphNode } from "../graph-nodes.ts";
import type { Translate } from "../graph-ops.ts";

export const ARRANGEMENTS: Readonly<Record<string, Translate>> = {
  Reshape: (net, node) => reshape(net, node),
  Squeeze: (net, node) => squeeze(net, node),
  ExpandDims: (net, node) => expandDims(net, node),
  ConcatV2: (net, node) => concat(net, node),
  Transpose: (net, node) => transpose(net, node),
};

function reshape(net: GraphNet, node: GraphNode): Term {
  const x = net.value(node, 0);
  const wanted = net.integers(node, 1);
  const total = elements(net.shape(x));
  const free = wanted.indexOf(-1);
  const rest = wanted.reduce((product, size) => (size === -1 ? product : product * size), 1);
  const sound = wanted.every((size) => size >= -1) && free === wanted.lastIndexOf(-1) && rest > 0;
  if (!sound) throw badAttribute(node, "shape", "sizes above 0 and at most one −1", wanted);
  return net.reshape(
    node,
    x,
    wanted.map((size) => (size === -1 ? total / rest : size)),
  );
}

function squeeze(net: GraphNet, node: GraphNode): Term {
  const x = net.value(node, 0);
  const shape = net.shape(x);
  const listed = node.integers("squeeze_dims", node.integers("axis", []));
  const axes = listed.map((axis) => axisOf(node, axis, shape.length));
  // Without a list every axis of size 1 goes, except the batch, which is 1 only here.
  const goes = (axis: number): boolean => (axes.length > 0 ? axes.includes(axis) : axis > 0 && shape[axis] === 1);
  const kept = shape.filter((_, axis) => !goes(axis));
  return net.reshape(node, x, kept);
}

function expandDims(net: GraphNet, node: GraphNode): Term {
  const x = net.value(node, 0);
  const shape = net.shape(x);
  const axis = axisOf(node, net.integer(node, 1), shape.length + 1);
  return net.reshape(node, x, [...shape.slice(0, axis), 1, ...shape.slice(axis)]);
}

function concat(net: GraphNet, node: GraphNode): Term {
  const last = node.inputs.length - 1;
  const inputs = node.inputs.slice(0, last).map((_, index) => net.value(node, index));
  if (inputs.length === 0) throw badAttribute(node, "values", "at least one", 0);
  const axis = axisOf(node, net.integer(node, last), net.shape(inputs[0]!).length);
  return net.node("concat", node.name, inputs, { axis });
}

function transpose(net: GraphNet, node: GraphNode): Term {
  const x = net.value(node, 0);
  const perm: Shape = net.integers(node, 1);
  return net.node("transpose", node.name, [x], { perm });
}
