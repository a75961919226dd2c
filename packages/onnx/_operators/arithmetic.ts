import { decimal } from "../_decimal.ts";
import type { NodeReader } from "../_node_reader.ts";
import { settleProduct } from "../_settle_product.ts";
import { addSteps } from "../_steps.ts";
import { type Flow, liesAs, type Product, sameForm, type Value } from "../_values.ts";

/** How far, relative to it, 1 / √2 may be off in single precision. */
const ROUNDING = 1e-6;

/** Reads `Add`: the two ways of a residual layer, the bias of a dense layer, or a part of GELU. */
export function readAdd(node: NodeReader): Value {
  const [a, b] = [node.value(0), node.value(1)];
  if (b.kind === "constant") return withConstant(node, a, 1);
  if (a.kind === "constant") return withConstant(node, b, 0);
  const [left, right] = [node.asFlow(a, "its input 0"), node.asFlow(b, "its input 1")];
  if (!liesAs(left, right)) node.unsupported("its inputs must have one shape", "two");
  const step = addSteps(left.step, right.step);
  if (step === null) {
    node.unsupported(
      "its inputs must be two ways from one value, with layers of their own and not too many in each other",
      "other ones",
    );
  }
  return { ...left, step };
}

function withConstant(node: NodeReader, value: Value, place: number): Value {
  if (value.kind === "erf") {
    const one = scalar(node, place);
    return one === 1
      ? { kind: "gate", of: value.of }
      : node.unsupported("what is added to erf must be 1, as in GELU", `${one}`);
  }
  const y = node.asFlow(value, "what is added to a constant");
  const { layer, before, isTaken } = y.step;
  if (layer?.record.type !== "dense" || layer.record.bias || isTaken) {
    node.unsupported("a constant must be the bias of a dense layer", "another");
  }
  y.step.isTaken = true;
  const { units } = layer.record;
  const inputs = [layer.parameters[0]!.length / units];
  const x: Flow = { kind: "flow", step: before!, shape: inputs, ...sameForm(inputs) };
  return node.append(x, {
    record: { type: "dense", units, bias: true },
    parameters: [...layer.parameters, node.weight(place, 1).data],
    state: [],
  }, sameForm);
}

/** Reads `Mul`. */
export function readMul(node: NodeReader): Product {
  const [a, b] = multiplicands(node);
  const [first, second, ...more] = [...a.factors, ...b.factors];
  if (first === undefined) node.unsupported("one of its inputs must be what a layer makes", "none");
  if (more.length > 0) node.unsupported("it must have two values as factors at most", "more");
  return { kind: "product", factor: a.factor * b.factor, factors: [first, second] };
}

/** Reads `Div`. */
export function readDiv(node: NodeReader): Product {
  const [a, b] = multiplicands(node);
  const [first, second] = a.factors;
  if (first === undefined || b.factors.length > 0) {
    node.unsupported("it must divide what a layer makes by a constant", "another");
  }
  return { kind: "product", factor: a.factor / b.factor, factors: [first, second] };
}

/** Reads `Erf`, which GELU takes of `x / √2`. */
export function readErf(node: NodeReader): Value {
  const value = node.value(0);
  if (value.kind === "product" && Math.abs(value.factor * Math.SQRT2 - 1) < ROUNDING) {
    const [of, another] = value.factors;
    if (of.kind === "flow" && another === undefined) return { kind: "erf", of };
  }
  node.unsupported("it must be of a value divided by √2, as in GELU", "another");
}

interface Multiplicand {
  readonly factor: number;
  readonly factors: readonly (Product["factors"][0])[];
}

function multiplicands(node: NodeReader): [Multiplicand, Multiplicand] {
  const values = [node.value(0), node.value(1)];
  const byConstant = values.some(({ kind }) => kind === "constant");
  return values.map((value, place): Multiplicand => {
    if (value.kind === "constant") return { factor: scalar(node, place), factors: [] };
    if (value.kind === "gate") return { factor: 1, factors: [value] };
    if (value.kind !== "product") {
      return { factor: 1, factors: [node.asFlow(value, `its input ${place}`)] };
    }
    const { factor, factors: [first, second] } = value;
    // GELU lacks its half; what else is multiplied by a constant is a layer before that, and rounds.
    const lacksHalf = factor === 1 && [first, second].some((value) => value?.kind === "gate");
    if (byConstant && !lacksHalf) return { factor: 1, factors: [settleProduct(value, node)] };
    return { factor, factors: second === undefined ? [first] : [first, second] };
  }) as [Multiplicand, Multiplicand];
}

/** A constant that is one number. */
function scalar(node: NodeReader, place: number): number {
  return decimal(node.weight(place, 0).data[0]!);
}
