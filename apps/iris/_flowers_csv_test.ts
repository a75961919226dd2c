import { iris } from "@gradus/data/iris";

/** The built-in flowers as the text of a CSV file, a line a flower below the header. */
export function flowersCsv(): string[] {
  const { x, y, classes } = iris();
  // The shortest decimals that float32 reads as the same numbers.
  const cells = Array.from(x.data, (value) => `${Number(value.toPrecision(7))}`);
  return [
    "sepal_length,sepal_width,petal_length,petal_width,species",
    ...Array.from(y.data, (label, i) => [...cells.slice(4 * i, 4 * i + 4), classes[label]].join()),
  ];
}
