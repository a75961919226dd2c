import type { LayerRecord, SequentialRecord } from "@gradus/layers";

/** A layer that was found in a graph, with its numbers in the order of Gradus. */
export interface FoundLayer {
  readonly record: LayerRecord;
  readonly parameters: readonly Float32Array[];
  readonly state: readonly Float32Array[];
}

/**
 * A layer at its place: what it makes goes to the next ones. All that comes from one input is a tree of
 * steps, whose branches meet again where values are added.
 */
export interface Step {
  /** Null where the input comes in. */
  readonly layer: FoundLayer | null;
  readonly before: Step | null;
  /** How many steps are before it. */
  readonly depth: number;
  /** How many residual layers are inside of each other in it. */
  readonly nesting: number;
  /** Whether it is part of a later step, such as the branch of a residual layer. */
  isTaken: boolean;
}

/** The most residual layers inside of each other: with their sequences, `layerFromJson` takes no more. */
const DEEPEST = 31;

/** Where the input comes in. */
export function firstStep(): Step {
  return { layer: null, before: null, depth: 0, nesting: 0, isTaken: false };
}

/** The step behind another. */
export function nextStep(before: Step, layer: FoundLayer, nesting = 0): Step {
  return { layer, before, depth: before.depth + 1, nesting, isTaken: false };
}

/**
 * Two ways from one step whose results are added: the residual layer of what lies on them.
 *
 * @returns Null if a layer would be part of two others, or the result be nested too deeply.
 */
export function addSteps(a: Step, b: Step): Step | null {
  const ways: [Step[], Step[]] = [[], []];
  let [left, right] = [a, b];
  while (left !== right) {
    const isLeft = left.depth >= right.depth;
    const step = isLeft ? left : right;
    if (step.isTaken) return null;
    ways[isLeft ? 0 : 1].push(step);
    if (isLeft) left = step.before!;
    else right = step.before!;
  }
  const steps = ways.flat();
  const nesting = steps.reduce((most, step) => Math.max(most, step.nesting), 0) + 1;
  if (nesting > DEEPEST) return null;
  for (const step of steps) step.isTaken = true;
  // The way without a layer is the input itself; where both are, one is a layer that does nothing.
  const [branch, shortcut] = ways[0].length > 0 ? ways : ways.toReversed() as typeof ways;
  const [main, side] = [sequence(branch), shortcut.length === 0 ? null : sequence(shortcut)];
  return nextStep(left, {
    record: { type: "residual", branch: main.record, shortcut: side?.record ?? null },
    parameters: [...main.parameters, ...side?.parameters ?? []],
    state: [...main.state, ...side?.state ?? []],
  }, nesting);
}

/** All layers up to a step, in a sequence. */
export function layersUpTo(last: Step): FoundLayer {
  const steps: Step[] = [];
  for (let step = last; step.before !== null; step = step.before) steps.push(step);
  return sequence(steps);
}

/** The layers of steps that stand last to first; at least one, if it has to do nothing. */
function sequence(steps: readonly Step[]): FoundLayer & { readonly record: SequentialRecord } {
  const layers = steps.map(({ layer }) => layer!).reverse();
  const records = layers.map(({ record }) => record);
  return {
    record: { type: "sequential", layers: records.length > 0 ? records : [{ type: "linear" }] },
    parameters: layers.flatMap(({ parameters }) => parameters),
    state: layers.flatMap(({ state }) => state),
  };
}
