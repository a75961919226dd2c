import { backendContract } from "@gradus/testing";
import { cpu } from "@gradus/tensor/cpu";

for (const simd of ["relaxed", "plain"] as const) {
  backendContract(`cpu(${simd}, unshared)`, () => cpu({ simd, threads: 1, shared: false }));
  backendContract(`cpu(${simd}, shared, 1 thread)`, () => cpu({ simd, threads: 1, shared: true }));
  backendContract(`cpu(${simd}, 2 threads)`, () => cpu({ simd, threads: 2 }));
}
