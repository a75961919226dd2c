import type { Operand } from "../../backend.ts";
import { type Terms, termsRun, termsWorkgroups } from "../kernels/terms.ts";
import type { Machine } from "../machine.ts";

/** Slot of the sums of workgroups. */
const SLOT = 0;

/** Sums terms into `out []`, in one pass where they are few. */
export function sumTerms<Read extends string, Write extends string>(
  machine: Machine,
  terms: Terms<Read, Write>,
  out: Operand,
): void {
  const workgroups = termsWorkgroups(terms.size);
  if (workgroups === 1) {
    machine.run(termsRun(terms, out, 1));
    return;
  }
  const sums = machine.workspace(SLOT, workgroups);
  machine.run(termsRun({ ...terms, divisor: 1 }, sums, workgroups));
  const total: Terms<"x", never> = {
    name: "sumOfSums",
    reads: { x: sums },
    writes: {},
    size: workgroups,
    divisor: terms.divisor,
    declare: ({ x }) => `fn term(i: u32) -> f32 { return ${x}[i]; }\n`,
  };
  machine.run(termsRun(total, out, 1));
}
