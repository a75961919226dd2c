/**
 * Training on WebGL in Chromium, by `@gradus/tfjs`.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { assertPerceptronLosses } from "../bounded_perceptron.ts";
import { bundle } from "../runtimes/bundle.ts";
import { findProgram, isMissing } from "../runtimes/find_program.ts";
import { runPage } from "../runtimes/run_page.ts";
import type { ContractReport } from "../runtimes/whole_contract.ts";
import { isAsked } from "./is_asked.ts";

interface WebGlReport {
  readonly name: string;
  /** Losses of the steps of the perceptron, and of the epochs of the network with convolutions. */
  readonly perceptron: readonly number[];
  readonly convolutions: readonly number[];
  /** Tensors that TensorFlow.js has after all was closed. */
  readonly numTensors: number;
  readonly contract: ContractReport | null;
}

/** Where tfjs on WebGL, on a software adapter, does not keep the contract, and why. */
const exceptions: Readonly<Record<string, string>> = {
  "binary() gives divide of NaN and infinities as NumPy does": "equal numbers have the quotient 1",
  "binary() broadcasts divide as NumPy does": "equal numbers have the quotient 1, 0 and 0 too",
  "binary() gives power of NaN and infinities as NumPy does": "pow of GLSL",
  "binary() takes NaN and infinities for operands of power": "pow of GLSL",
  "unary() gives sin by hand": "sin of the adapter",
  "unary() gives sin of every shape, in place too": "sin of the adapter",
  "unary() gives cos by hand": "cos of the adapter",
  "unary() gives cos of every shape, in place too": "cos of the adapter",
  "unary() keeps the sign of zero": "tanh of -0 is 0",
  "reduce() gives the min of NaN and infinities as NumPy does": "min starts from 1e20",
  "conv2d() loses no term and rounds as it may: depthwise": "some 0 are -1e-15",
  "conv2dInputGradient() loses no term and rounds as it may: depthwise": "some 0 are -1e-15",
};

/** Whether to run the whole contract, which takes minutes on a software adapter. */
const hasContract = Deno.env.get("INTEROP") === "contract";

Deno.test({
  name: `Chromium trains on WebGL by TensorFlow.js${
    isMissing("chromium") ? " (chromium is not installed)" : ""
  }`,
  ignore: !isAsked || isMissing("chromium"),
  fn: async () => {
    const chromium = findProgram("chromium");
    assert(chromium !== null, "chromium is not installed");
    const source = await bundle("../interop/webgl_page.ts", "browser", ["--no-lock", "--check"]);
    const report = await runPage<WebGlReport>(chromium, source, {
      query: hasContract ? { contract: "" } : {},
      isIsolated: true,
      flags: ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
      patienceMs: hasContract ? 600_000 : 120_000,
    });
    assertEquals(report.name, "tfjs-webgl");
    await assertPerceptronLosses(report.perceptron, report.name);
    const [first, ...others] = report.convolutions;
    assert(others.at(-1)! < 0.7 * first!, `${report.convolutions}`);
    assertEquals(report.numTensors, 0);
    if (report.contract === null) return;
    const failures = report.contract.failures.map((failure) =>
      Object.keys(exceptions).find((name) => failure.startsWith(`${name}: `)) ?? failure
    );
    assertEquals(failures.toSorted(), Object.keys(exceptions).toSorted());
    assert(report.contract.passed > 400);
  },
});
