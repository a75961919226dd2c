import type { Shape } from "@gradus/tensor";
import { type Json, listOf, member, objectOf, refuse, textOf } from "./_refuse.ts";

/** A layer of a topology, or a sum of two ways that a number takes. */
export type Step =
  | {
    /** Which of both. */
    readonly kind: "layer";
    /** What the file calls it. */
    readonly name: string;
    /** What the file calls its kind. */
    readonly className: string;
    /** Its settings. */
    readonly config: Json;
  }
  | {
    /** Which of both. */
    readonly kind: "sum";
    /** What the file calls it. */
    readonly name: string;
    /** Two ways; one of them may have no step. */
    readonly ways: readonly [readonly Step[], readonly Step[]];
  };

/** A topology as steps from its input to its output. */
export interface Graph {
  /** Shape of one input. */
  readonly inputShape: Shape;
  /** The steps, in order. */
  readonly steps: readonly Step[];
}

/** What goes deeper is none of ours, and no reason to run out of memory. */
const DEEPEST = 32;

/** Reads a topology: a sequence of layers, or layers that name their inputs. */
export function readGraph(topology: Json): Graph {
  const className = member(topology, "class_name");
  switch (className) {
    case "Sequential":
      return readSequence(topology);
    case "Functional":
    case "Model":
      return readFunctional(objectOf("the model's config", member(topology, "config")));
    default:
      refuse("its topology must be Sequential, Model or Functional", className);
  }
}

function readSequence(topology: Json): Graph {
  const steps = stepsOf(topology, 0);
  const [first] = steps;
  if (first === undefined || first.kind !== "layer") refuse("it must have layers", "none");
  const inputShape = inputShapeOf(first.config);
  const rest = steps.filter((step) => step.kind !== "layer" || step.className !== "InputLayer");
  return { inputShape, steps: rest };
}

/** The layers of a sequence, those of sequences inside of it among them. */
function stepsOf(sequence: Json, depth: number): Step[] {
  if (depth > DEEPEST) refuse(`models in models must be at most ${DEEPEST} deep`, "another");
  const config = member(sequence, "config");
  // Old files have the list itself in its place.
  const list = Array.isArray(config)
    ? config
    : listOf("layers", member(objectOf("the config of a sequence", config), "layers"));
  return list.flatMap((value) => {
    const layer = objectOf("each layer", value);
    if (member(layer, "class_name") === "Sequential") return stepsOf(layer, depth + 1);
    return [stepOf(layer)];
  });
}

function stepOf(layer: Json): Step & { readonly kind: "layer" } {
  const config = objectOf("each layer's config", member(layer, "config"));
  return {
    kind: "layer",
    name: textOf("each layer's name", member(config, "name") ?? member(layer, "name")),
    className: textOf("each layer's class_name", member(layer, "class_name")),
    config,
  };
}

function inputShapeOf(config: Json): Shape {
  const found = member(config, "batch_input_shape") ?? member(config, "batch_shape");
  const [batch, ...shape] = listOf("batch_input_shape", found);
  const isShape = shape.every((length) => Number.isSafeInteger(length) && (length as number) >= 1);
  if (batch === null && shape.length > 0 && isShape) return shape as number[];
  refuse("batch_input_shape must be null and the lengths of one input", found);
}

/** A layer that names its inputs. */
interface Node {
  readonly step: Step & { readonly kind: "layer" };
  readonly inputs: readonly Node[];
  /** The last node before it that all ways to it go through; null for the input. */
  readonly before: Node | null;
  /** How many nodes there are on the way to it, one behind the other, of those that all ways go through. */
  readonly rank: number;
}

function readFunctional(config: Json): Graph {
  const nodes = new Map<string, Node>();
  for (const value of listOf("layers", member(config, "layers"))) {
    const node = nodeOf(objectOf("each layer", value), nodes);
    if (nodes.has(node.step.name)) refuse("names of layers must differ", node.step.name);
    nodes.set(node.step.name, node);
  }
  const inputs = [...nodes.values()].filter(({ before }) => before === null);
  const [input] = inputs;
  if (inputs.length !== 1 || input!.step.className !== "InputLayer") {
    refuse("it must have one input, and an InputLayer for it", inputs.length);
  }
  const outputs = endsOf("output_layers", member(config, "output_layers"));
  const output = nodes.get(outputs[0] ?? "");
  if (outputs.length !== 1 || output === undefined) {
    refuse("it must have one output, which is a layer", member(config, "output_layers"));
  }
  const used = new Set<Node>([input!]);
  const steps = wayTo(output, input!, { used, depth: 0 });
  const unused = [...nodes.values()].find((node) => !used.has(node));
  if (unused !== undefined) {
    refuse("each layer must lie on the way to the output", unused.step.name);
  }
  return { inputShape: inputShapeOf(input!.step.config), steps };
}

function nodeOf(layer: Json, nodes: ReadonlyMap<string, Node>): Node {
  const step = stepOf(layer);
  const calls = listOf(`inbound_nodes of ${step.name}`, member(layer, "inbound_nodes"));
  if (calls.length === 0) return { step, inputs: [], before: null, rank: 0 };
  if (calls.length > 1) refuse(`${step.name} must be used once`, calls.length);
  const inputs = endsOf(`inbound_nodes of ${step.name}`, calls[0]).map((name) => {
    const node = nodes.get(name);
    if (node === undefined) refuse(`${step.name} must come after its inputs`, name);
    return node;
  });
  const isSum = step.className === "Add";
  if (inputs.length !== (isSum ? 2 : 1)) {
    refuse(`${step.name} must have ${isSum ? "two inputs" : "one input"}`, inputs.length);
  }
  const before = isSum ? meeting(inputs[0]!, inputs[1]!) : inputs[0]!;
  if (before === null) {
    const names = inputs.map((node) => node.step.name);
    refuse(`what ${step.name} adds must come of one input`, names);
  }
  return { step, inputs, before, rank: before.rank + 1 };
}

/** Names of layers in a list of `[name, 0, 0]`, perhaps with settings of the call that say nothing. */
function endsOf(what: string, value: unknown): string[] {
  return listOf(what, value).map((end) => {
    const [name, node, tensor] = listOf(what, end);
    if (typeof name === "string" && node === 0 && tensor === 0) return name;
    refuse(`${what} must list names of layers, as in ["dense", 0, 0]`, end);
  });
}

/** The last node that all ways to two nodes go through; null if they come of two inputs. */
function meeting(a: Node, b: Node): Node | null {
  let [left, right]: (Node | null)[] = [a, b];
  while (left !== right) {
    if (left === null || right === null) return null;
    if (left.rank >= right.rank) left = left.before;
    else right = right.before;
  }
  return left ?? null;
}

/** The steps from one node, which all ways go through, to another, which is the last of them. */
function wayTo(
  end: Node,
  start: Node,
  { used, depth }: { readonly used: Set<Node>; readonly depth: number },
): Step[] {
  if (depth > DEEPEST) refuse(`sums in sums must be at most ${DEEPEST} deep`, "another");
  const steps: Step[] = [];
  for (let node = end; node !== start; node = node.before!) {
    if (used.has(node)) refuse("each layer must be used once", node.step.name);
    used.add(node);
    const [a, b] = node.inputs;
    if (b === undefined) {
      steps.push(node.step);
      continue;
    }
    const inside = { used, depth: depth + 1 };
    const ways = [wayTo(a!, node.before!, inside), wayTo(b, node.before!, inside)] as const;
    if (ways[0].length === 0 && ways[1].length === 0) {
      refuse(`${node.step.name} must add two`, `${a!.step.name} twice`);
    }
    steps.push({ kind: "sum", name: node.step.name, ways });
  }
  return steps.reverse();
}
