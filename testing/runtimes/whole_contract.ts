import { convolutionContract } from "../contract_convolution.ts";
import { elementwiseContract } from "../contract_elementwise.ts";
import { lossContract } from "../contract_losses.ts";
import { matmulContract } from "../contract_matmul.ts";
import { memoryContract } from "../contract_memory.ts";
import { movementContract } from "../contract_movement.ts";
import { normalizationContract } from "../contract_normalization.ts";
import { optimizerContract } from "../contract_optimizer_steps.ts";
import { poolingContract } from "../contract_pooling.ts";
import { reductionContract } from "../contract_reduction.ts";
import { softmaxContract } from "../contract_softmax.ts";
import { unaryContract } from "../contract_unary.ts";
import type { Contract, KernelName, Open, Skip } from "../kernel_contract.ts";

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

/** How the tests of the contract of backends went. */
export interface ContractReport {
  readonly passed: number;
  /** For each test that failed, its name and why. */
  readonly failures: readonly string[];
}

/**
 * Runs tests of the contract on a backend, without a runner of tests.
 *
 * @param open Opens the backend.
 * @param options What the backend does not have, and the kernels to be tested, as in `backendContract`.
 */
export async function runContract(
  open: Open,
  options: { readonly skip?: Skip; readonly only?: readonly KernelName[] } = {},
): Promise<ContractReport> {
  const { skip = {}, only = Object.keys(contract) as KernelName[] } = options;
  const backend = await open();
  const tests: { name: string; run: () => void | Promise<void> }[] = [];
  for (const kernel of only) {
    contract[kernel]((behaviour, run, { row, needs } = {}) => {
      if (skip[kernel] ?? (row && skip[row]) ?? (needs && skip[needs])) return;
      tests.push({ name: `${kernel}() ${behaviour}`, run: () => run(backend, open) });
    });
  }
  let passed = 0;
  const failures: string[] = [];
  for (const { name, run } of tests) {
    try {
      await run();
      passed++;
    } catch (error) {
      failures.push(`${name}: ${error}`);
    }
  }
  await backend.close();
  return { passed, failures };
}
