import type { Backend } from "@gradus/tensor";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { convolutionContract } from "./contract_convolution.ts";
import { elementwiseContract } from "./contract_elementwise.ts";
import { lossContract } from "./contract_losses.ts";
import { matmulContract } from "./contract_matmul.ts";
import { memoryContract } from "./contract_memory.ts";
import { movementContract } from "./contract_movement.ts";
import { normalizationContract } from "./contract_normalization.ts";
import { optimizerContract } from "./contract_optimizer_steps.ts";
import { poolingContract } from "./contract_pooling.ts";
import { reductionContract } from "./contract_reduction.ts";
import { softmaxContract } from "./contract_softmax.ts";
import { unaryContract } from "./contract_unary.ts";
import type { Contract, KernelName, Open, Skip } from "./kernel_contract.ts";

/** A new method of `Backend` without tests does not compile here. */
const contract: Contract<KernelName> = {
  ...memoryContract,
  ...elementwiseContract,
  ...unaryContract,
  ...reductionContract,
  ...movementContract,
  ...matmulContract,
  ...softmaxContract,
  ...lossContract,
  ...convolutionContract,
  ...poolingContract,
  ...normalizationContract,
  ...optimizerContract,
};

/**
 * Registers the tests that every backend has to pass: each kernel by hand, at random against the
 * float64 reference, and at the edges.
 *
 * @param name What the tests are called after.
 * @param open Opens the backend under test: once for all kernels, and again where a test closes it.
 * @param options `skip`: kernels, rows of a family (`unary.erf`) or subtleties (`subnormals`) that the
 * backend does not have, each with the reason, which is shown in the skipped test's name; `only`: the
 * kernels to be tested, for a backend that is another one in these alone.
 */
export function backendContract(
  name: string,
  open: Open,
  options: { readonly skip?: Skip; readonly only?: readonly KernelName[] } = {},
): void {
  const { skip = {}, only = Object.keys(contract) as KernelName[] } = options;
  describe(`the contract of backends, kept by ${name}`, () => {
    let backend: Backend;
    beforeAll(async () => {
      backend = await open();
    });
    afterAll(() => backend.close());
    for (const kernel of only) {
      contract[kernel]((behaviour, run, { row, needs } = {}) => {
        const reason = skip[kernel] ?? (row && skip[row]) ?? (needs && skip[needs]);
        if (reason === undefined) it(`${kernel}() ${behaviour}`, () => run(backend, open));
        else it.skip(`${kernel}() ${behaviour} (${reason})`, () => {});
      });
    }
  });
}
