import { cpu, type CpuOptions, type Simd } from "@gradus/tensor/cpu";
import { type Training, trainIris, trainPerceptron } from "./training.ts";
import { type ContractReport, runContract } from "./whole_contract.ts";

/** What a runtime is asked for. */
export interface Task {
  /** Threads of the backend; `null` for as many as it takes itself. */
  readonly threads: number | null;
  /** Whether to run the contract of backends too. */
  readonly contract: boolean;
}

/** What a runtime reports. */
export interface Report {
  readonly threads: number;
  readonly simd: Simd;
  /** Kernels that the caller's thread handed to another. */
  readonly handedOver: number;
  /** Each network, trained twice. */
  readonly iris: readonly [Training, Training];
  readonly perceptron: readonly [Training, Training];
  readonly contract: ContractReport | null;
}

/** What a page reports. */
export interface PageReport {
  readonly report: Report;
  /** Whether the page is cross-origin isolated. */
  readonly isIsolated: boolean;
}

/** Runs a task on the cpu backend of this runtime. */
export async function report({ threads, contract }: Task): Promise<Report> {
  const options: CpuOptions = threads === null ? {} : { threads };
  const handedOver = countStores();
  const backend = await cpu(options);
  const again = await cpu(options);
  const iris = [await trainIris(backend), await trainIris(again)] as const;
  const perceptron = [await trainPerceptron(backend), await trainPerceptron(again)] as const;
  await again.close();
  const contractReport = contract ? await runContract(() => cpu(options)) : null;
  // `backend` stays open: a program ends, and a page closes, without it.
  return {
    threads: backend.threads,
    simd: backend.simd,
    handedOver: handedOver(),
    iris,
    perceptron,
    contract: contractReport,
  };
}

/** Counts what this thread writes for others to see, which it does only for workers that are up. */
function countStores(): () => number {
  let stores = 0;
  const { store } = Atomics;
  Atomics.store = ((...values: Parameters<typeof store>) => {
    stores++;
    return store(...values);
  }) as typeof store;
  return () => stores;
}
