import type { Backend, NumericArray } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import type { Workload } from "./workload.ts";

/** Half the distance of 1 to the next float32. */
const ROUNDING = 2 ** -24;

/**
 * Runs a workload on a backend and on `reference` in float64, and compares all that it leaves.
 *
 * A number may be wrong by a rounding for each term of the workload's longest sum, of the size of the
 * largest number beside it.
 *
 * @throws {Error} If a number differs by more, naming it.
 */
export async function checkWorkload(workload: Workload, backend: Backend): Promise<void> {
  const { name, checkAmount, longestSum } = workload;
  const exact = reference({ dtype: "float64" });
  const [tried, expected] = [backend, exact].map((each) => workload.setup(each, checkAmount));
  await tried!.run();
  await expected!.run();
  for (const [place, output] of tried!.outputs.entries()) {
    const found = await output.data();
    const right = await expected!.outputs[place]!.data();
    const bound = longestSum * ROUNDING * largest(right);
    const wrong = found.findIndex((value, i) => !(Math.abs(value - right[i]!) <= bound));
    if (wrong >= 0) {
      throw new Error(
        `Cannot time ${name} on ${backend.name} as it must compute what reference does: found ${
          found[wrong]
        } in place of ${right[wrong]} at ${wrong} of output ${place}`,
      );
    }
    output.dispose();
  }
  await exact.close();
}

function largest(values: NumericArray): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
