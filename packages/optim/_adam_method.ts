import type { AdamEntry } from "@gradus/tensor";
import { checkPositive, checkShare } from "./_check_number.ts";
import type { Method } from "./_step_sequence.ts";

/** What `Adam` and `AdamW` have in common. */
export function adamMethod(
  kind: string,
  options: { readonly beta1?: number; readonly beta2?: number; readonly epsilon?: number },
): Method<AdamEntry> {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  checkShare("optimize as beta1", beta1);
  checkShare("optimize as beta2", beta2);
  checkPositive("optimize as epsilon", epsilon);
  return {
    kind,
    entry: (start, { slot }) => ({
      ...start,
      mean: slot("mean"),
      variance: slot("variance"),
      beta1,
      beta2,
      epsilon,
      correction1: 1,
      correction2: 1,
    }),
    prepare: (entry, updates) => {
      entry.correction1 = 1 - beta1 ** (updates + 1);
      entry.correction2 = 1 - beta2 ** (updates + 1);
    },
    run: (backend, entries, guard) => backend.adamStep(entries, guard),
  };
}
