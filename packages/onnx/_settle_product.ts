import type { NodeReader } from "./_node_reader.ts";
import { type Flow, liesAs, type Product } from "./_values.ts";

/** What layer a product is: `factor · x`, `x · σ(x)` or `½ · x · (1 + erf(x / √2))`. */
export function settleProduct({ factor, factors: [a, b] }: Product, node: NodeReader): Flow {
  if (b === undefined) return scaled(node.asFlow(a, "a factor"), factor, node);
  for (const [x, other] of [[a, b], [b, a]] as const) {
    if (x.kind !== "flow") continue;
    if (other.kind === "gate" && liesAs(other.of, x) && other.of.step === x.step) {
      const y = node.append(x, { record: { type: "gelu" }, parameters: [], state: [] });
      return scaled(y, 2 * factor, node);
    }
    if (other.kind === "flow" && liesAs(other, x) && isFreeSigmoid(other, x)) {
      other.step.isTaken = true;
      const y = node.append(x, { record: { type: "silu" }, parameters: [], state: [] });
      return scaled(y, factor, node);
    }
  }
  node.unsupported("a product of values must be SiLU or GELU", "another");
}

function isFreeSigmoid({ step }: Flow, x: Flow): boolean {
  return step.layer?.record.type === "sigmoid" && step.before === x.step && !step.isTaken;
}

function scaled(x: Flow, factor: number, node: NodeReader): Flow {
  if (factor === 1) return x;
  return node.append(x, { record: { type: "scale", factor }, parameters: [], state: [] });
}
