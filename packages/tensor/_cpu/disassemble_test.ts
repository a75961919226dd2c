import { assert, assertEquals, assertThrows } from "@std/assert";
import { ModuleBuilder } from "./assembler.ts";
import { disassemble } from "./disassemble.ts";
import { Heap } from "./heap.ts";
import { f32, f32x4, i32, v128 } from "./instructions.ts";
import { addKernels } from "./kernels.ts";
import { Library } from "./library.ts";

Deno.test("disassemble() writes a kernel as text", () => {
  const module = new ModuleBuilder({ isShared: true, initialPages: 1, maximumPages: 300 });
  const parameters = { x: "i32", count: "i32", scale: "f32" } as const;
  module.add("scale", { parameters }, (f, { x, count, scale }) => {
    const scales = f.let(f32x4.splat(f32.mul(scale, -0.5)));
    f.while(count, () => {
      f.run(v128.store(x, f32x4.add(f32x4.mul(v128.load(x, 200), scales), 1), 16));
      f.increase(count, -200);
    });
  });
  assertEquals(
    disassemble(module.build()),
    `(module
  (import "env" "memory" (memory 1 300 shared))
  (func (export "scale") (param i32 i32 f32)
    (local v128 v128)
    v128.const i32x4 0x3f800000 0x3f800000 0x3f800000 0x3f800000 (; 1 ;)
    local.set 4
    local.get 2
    f32.const -0.5
    f32.mul
    f32x4.splat
    local.set 3
    local.get 1
    if
      loop
        local.get 0
        local.get 0
        v128.load offset=200 align=1
        local.get 3
        f32x4.mul
        local.get 4
        f32x4.add
        v128.store offset=16 align=1
        local.get 1
        i32.const -200
        i32.add
        local.set 1
        local.get 1
        br_if 0
      end
    end
  )
)`,
  );
});

for (const simd of ["relaxed", "plain"] as const) {
  Deno.test(`disassemble() knows all instructions of the kernels, with ${simd} SIMD`, () => {
    const library = new Library(new Heap({ isShared: false, maximumBytes: 2 ** 21 }));
    addKernels(library, simd);
    for (let kernel = 0; kernel < library.size; kernel++) {
      const lines = disassemble(library.bytesOf(kernel)).split("\n").map((line) => line.trim());
      const count = (start: RegExp) => lines.filter((line) => start.test(line)).length;
      assertEquals(count(/^(loop|if)$/), count(/^end$/));
      assert(count(/store|memory/) > 1, lines.join("\n"));
    }
  });
}

Deno.test("disassemble() refuses an instruction that no kernel has", () => {
  const module = new ModuleBuilder({ isShared: false, initialPages: 1, maximumPages: 1 });
  module.add("popcount", { parameters: { x: "i32" } }, (f, { x }) => {
    f.drop({ type: "i32", code: [i32.constant(0).code, x.code, 0x69] });
  });
  assertThrows(
    () => disassemble(module.build()),
    Error,
    "Cannot disassemble a kernel as its instructions must be known: found 105",
  );
});
