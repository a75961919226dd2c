import type { Operand } from "../../backend.ts";
import { sumPartsRun } from "../kernels/sum_parts.ts";
import { type Terms, termsParts, termsRun } from "../kernels/terms.ts";
import type { Machine } from "../machine.ts";

/** Slot of the parts of a sum. */
const SLOT = 0;

/** Sums terms into `out []`. */
export function sumTerms<Read extends string, Write extends string>(
  machine: Machine,
  terms: Terms<Read, Write>,
  out: Operand,
): void {
  const parts = machine.workspace(SLOT, termsParts(terms.size));
  machine.run(termsRun(terms, parts));
  machine.run(sumPartsRun({ parts, divisor: terms.divisor, out }));
}
