import { formatShape, type Shape, sizeOf } from "@gradus/tensor";
import type { Layer } from "./layer.ts";

/** A table: layer, output shape, parameters; then the totals. */
export function summarize(
  layers: readonly Layer[],
  inputShape: Shape,
  outputShapes: readonly Shape[],
): string {
  if (outputShapes.length === 0) {
    throw new Error("Cannot summarise a model as it must be initialised: call init first");
  }
  const parameters = layers.flatMap((layer) => layer.parameters);
  const count = (list: typeof parameters) =>
    list.reduce((sum, p) => sum + sizeOf(p.value.shape), 0);
  const trainable = count(parameters.filter((parameter) => parameter.trainable));
  const rows = [
    ["layer", "output", "parameters"],
    ["input", formatShape(inputShape), "0"],
    ...layers.map((layer, place) => [
      `${place} ${layer.constructor.name}`,
      formatShape(outputShapes[place]!),
      group(count([...layer.parameters])),
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map(([layer, output, number]) =>
    `${layer!.padEnd(widths[0]!)}  ${output!.padEnd(widths[1]!)}  ${number!.padStart(widths[2]!)}`
  );
  const total = count(parameters);
  const frozen = total - trainable;
  return [
    ...lines,
    `${group(total)} parameters${frozen > 0 ? `, ${group(frozen)} of them frozen` : ""}`,
  ].join("\n");
}

/** Digits in groups of three, the same in every locale. */
function group(count: number): string {
  return `${count}`.replace(/\B(?=(\d{3})+$)/g, ",");
}
