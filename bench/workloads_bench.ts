/**
 * W1 to W5 on the cpu backend: `deno task bench bench/workloads_bench.ts --filter W4`.
 *
 * @module
 */
import { benchWorkload } from "./bench_workload.ts";
import { workloads } from "./workloads/workloads.ts";

workloads.filter(({ name }) => name.startsWith("W")).forEach(benchWorkload);
