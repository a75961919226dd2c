import { ModuleBuilder } from "./assembler.ts";
import { f32x4 } from "./instructions.ts";

/** Whether the engine knows the instruction that multiplies and adds in one. */
export function hasRelaxedSimd(): boolean {
  const module = new ModuleBuilder({ isShared: false, initialPages: 0, maximumPages: 1 });
  module.add("probe", { parameters: { x: "v128" } }, (f, { x }) => {
    f.drop(f32x4.relaxedMadd(x, x, x));
  });
  return WebAssembly.validate(module.build());
}
