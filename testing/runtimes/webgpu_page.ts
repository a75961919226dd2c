/** What the page runs on WebGPU: the report goes back to where it came from. @module */

import { type AdapterFacts, webGpu } from "@gradus/tensor/webgpu";
import { PRODUCTS } from "../kernel_contract.ts";
import { largeTiles } from "./large_tiles.ts";
import { type Training, trainIris } from "./training.ts";
import { type ContractReport, runContract } from "./whole_contract.ts";

/** What the page reports. */
export interface WebGpuPageReport {
  readonly adapter: AdapterFacts;
  /** A network, trained twice. */
  readonly iris: readonly [Training, Training];
  /** A gradient from large tiles. */
  readonly largeTiles: readonly number[];
  /** How the contract went, by the family of kernels; with the second one its products alone. */
  readonly contracts: Readonly<Record<"registers" | "workgroup", ContractReport>>;
}

/** What WGSL leaves to the adapter. */
const SKIP = { subnormals: "SwiftShader takes them for zeros" };

async function report(): Promise<WebGpuPageReport> {
  const backend = await webGpu();
  const iris = [await trainIris(backend), await trainIris(backend)] as const;
  const { adapter } = backend;
  const gradient = await largeTiles(backend);
  await backend.close();
  const contracts = {
    registers: await runContract(() => webGpu({ family: "registers" }), { skip: SKIP }),
    workgroup: await runContract(() => webGpu({ family: "workgroup" }), {
      skip: SKIP,
      only: PRODUCTS,
    }),
  };
  return { adapter, iris, largeTiles: gradient, contracts };
}

const body = await report().catch((error) => ({ error: error.stack ?? String(error) }));
await fetch("/report", { method: "POST", body: JSON.stringify(body) });
