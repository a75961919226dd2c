import type { Backend } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { backendContract } from "./backend_contract.ts";
import type { KernelName, Skip } from "./kernel_contract.ts";

/** A backend on which every test would fail, so that all of them have to be skipped. */
const useless = new Proxy({} as Backend, {
  get: (_target, key) => key === "close" ? () => Promise.resolve() : undefined,
});
const kernels = Object.keys(reference()).filter((key) => key !== "name" && key !== "float");
const memory: KernelName[] = ["memory", "allocate", "release", "write", "read", "pace", "close"];
const skip: Skip = Object.fromEntries(
  [...kernels, ...memory].map((kernel) => [kernel, "it has no kernels"]),
);

backendContract("a backend without kernels", () => useless, { skip });
