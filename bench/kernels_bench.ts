/**
 * The kernels of the cpu backend, one by one: `deno task bench bench/kernels_bench.ts --filter softmax`.
 *
 * @module
 */
import { benchWorkload } from "./bench_workload.ts";
import { kernels } from "./workloads/kernels.ts";

kernels.forEach(benchWorkload);
