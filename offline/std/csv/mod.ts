/**
 * The CSV of std that this repository uses, for where std itself cannot be reached.
 *
 * ```ts
 * import { parse, stringify } from "@std/csv";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = [{ step: 1, loss: 0.5 }];
 * const text = stringify(rows, { columns: ["step", "loss"] });
 * assertEquals(text, "step,loss\r\n1,0.5\r\n");
 * assertEquals(parse(text, { skipFirstRow: true }), [{ step: "1", loss: "0.5" }]);
 * ```
 *
 * @module
 */
export { parse, type ParseOptions, type ParseResult } from "./parse.ts";
export { type Column, stringify, type StringifyOptions } from "./stringify.ts";
