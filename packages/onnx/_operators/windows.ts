import type { Padding2d } from "@gradus/layers";
import type { NodeReader } from "../_node_reader.ts";
import { shorten } from "../_quote.ts";
import { samePads } from "../_same_pads.ts";
import type { Flow } from "../_values.ts";

type Pair = readonly [height: number, width: number];

/** How windows move over images. */
export interface Windows {
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padding: Padding2d;
}

/** An input that is images, `[batch, channels, height, width]`. */
export function readImages(node: NodeReader): Flow {
  const x = node.flow(0);
  if (x.image === null || x.physical.length !== 3) {
    node.unsupported("its input must be images, channels first", "another");
  }
  return x;
}

/** Reads an attribute of two numbers, for rows and columns; null where it is missing. */
export function readPair(node: NodeReader, name: string): Pair | null {
  const values = node.ints(name);
  if (values !== null && values.length !== 2) {
    node.unsupported(`its ${name} must be two numbers`, `${values.length}`);
  }
  return values as Pair | null;
}

/** Reads the attributes of windows of a size. */
export function readWindows(node: NodeReader, x: Flow, size: Pair): Windows {
  const stride = readPair(node, "strides") ?? [1, 1];
  const dilation = readPair(node, "dilations") ?? [1, 1];
  const span = (axis: number) => (size[axis]! - 1) * dilation[axis]! + 1;
  const same = [0, 1].map((axis) =>
    samePads(x.shape[axis]!, { span: span(axis), stride: stride[axis]! })
  );
  const pads = readPads(node, same);
  // With it, a last window may reach over the padding.
  if (node.int("ceil_mode", 0) !== 0) {
    const rests = [0, 1].map((axis) =>
      (x.shape[axis]! + pads[axis]! + pads[axis + 2]! - span(axis)) % stride[axis]!
    );
    if (rests.some((rest) => rest !== 0)) {
      node.unsupported("its windows must end within the padding", `ceil_mode, ${rests} left over`);
    }
  }
  return { stride, dilation, padding: paddingOf(node, pads, same) };
}

/** Rows above, columns left, rows below, columns right. */
function readPads(node: NodeReader, same: readonly (readonly number[])[]): readonly number[] {
  const pads = node.ints("pads") ?? [0, 0, 0, 0];
  if (pads.length !== 4) node.unsupported("its pads must be four numbers", `${pads.length}`);
  const auto = node.text("auto_pad", "NOTSET");
  switch (auto) {
    case "NOTSET":
    case "":
      return pads;
    case "VALID":
      return [0, 0, 0, 0];
    case "SAME_UPPER":
      return [0, 1].flatMap((side) => same.map((axis) => axis[side]!));
    default:
      node.unsupported("its auto_pad must be NOTSET, VALID or SAME_UPPER", shorten(auto));
  }
}

function paddingOf(
  node: NodeReader,
  pads: readonly number[],
  same: readonly (readonly number[])[],
): Padding2d {
  const [first] = pads;
  if (pads.every((pad) => pad === first)) return first === 0 ? "valid" : first!;
  const isSame = pads.every((pad, place) => pad === same[place % 2]![place >> 1]);
  return isSame
    ? "same"
    : node.unsupported("its pads must be one number, or those of the same size", pads.join(", "));
}
