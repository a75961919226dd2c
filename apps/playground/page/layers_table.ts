import type { NetworkFacts } from "../messages.ts";
import { layerCode } from "../network_plan.ts";
import { create, find } from "./find.ts";
import { formatCount } from "./format.ts";

/** Shows a network's layers, what comes out of each, and how many weights it has. */
export function showLayers({ inputShape, layers }: NetworkFacts): void {
  const table = find("layers", HTMLTableElement);
  const row = (...[layer, output, parameters]: readonly [string, string, string]) =>
    create(
      "tr",
      {},
      create("td", {}, create("code", {}, layer)),
      create("td", {}, output),
      create("td", { className: "number" }, parameters),
    );
  const shape = (lengths: readonly number[]) => lengths.join(" × ");
  table.tBodies[0]!.replaceChildren(
    row("input", shape(inputShape), ""),
    ...layers.map(({ plan, outputShape, parameters }) =>
      row(layerCode(plan).replace("new ", ""), shape(outputShape), formatCount(parameters))
    ),
  );
  const total = layers.reduce((sum, { parameters }) => sum + parameters, 0);
  table.tFoot!.replaceChildren(
    create(
      "tr",
      {},
      create("td", {}, "Together"),
      create("td"),
      create("td", { className: "number" }, formatCount(total)),
    ),
  );
}
