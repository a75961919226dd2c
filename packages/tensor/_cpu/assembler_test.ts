import { assert, assertEquals } from "@std/assert";
import { type FunctionBuilder, type Locals, ModuleBuilder, type Parameters } from "./assembler.ts";
import { disassemble } from "./disassemble.ts";
import {
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  i32x4,
  memory,
  select,
  type Type,
  v128,
  type Value,
} from "./instructions.ts";

/** Assembles one function, and gives it with the memory that it runs on. */
function assemble<P extends Parameters>(
  signature: { readonly parameters: P; readonly result?: Type },
  body: (f: FunctionBuilder, parameters: Locals<P>) => void,
): { run: (...numbers: number[]) => number; buffer: ArrayBuffer } {
  const module = new ModuleBuilder({ isShared: false, initialPages: 1, maximumPages: 1 });
  module.add("run", signature, body);
  const storage = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.build()), {
    env: { memory: storage },
  });
  return {
    run: exports.run as (...numbers: number[]) => number,
    buffer: storage.buffer as ArrayBuffer,
  };
}

/** What `code` makes of two numbers. */
function ofTwo<T extends "i32" | "f32" | "f64", R extends Type>(
  type: T,
  result: R,
  code: (a: Value<T>, b: Value<T>) => Value<R>,
): (a: number, b: number) => number {
  const { run } = assemble(
    { parameters: { a: type, b: type }, result },
    (f, { a, b }) => f.return(code(a as Value<T>, b as Value<T>)),
  );
  return run;
}

/** The lanes that `code` makes of two vectors. */
function ofVectors(
  a: readonly number[],
  b: readonly number[],
  { code, lanes = Float32Array }: {
    code: (a: Value<"v128">, b: Value<"v128">) => Value<"v128">;
    lanes?: typeof Float32Array | typeof Int32Array | typeof Float64Array;
  },
): number[] {
  const { run, buffer } = assemble({ parameters: {} }, (f) => {
    f.run(v128.store(32, code(v128.load(0), v128.load(16))));
  });
  const width = 16 / lanes.BYTES_PER_ELEMENT;
  const numbers = new lanes(buffer, 0, 3 * width);
  numbers.set(a);
  numbers.set(b, width);
  run();
  return [...numbers.subarray(2 * width)];
}

Deno.test("i32 has the arithmetic, shifts and comparisons of 32-bit integers", () => {
  const cases: [keyof typeof i32, number, number, number][] = [
    ["add", 2 ** 31 - 1, 1, -(2 ** 31)],
    ["sub", 3, 5, -2],
    ["mul", -3, 5, -15],
    ["divS", -7, 2, -3],
    ["divU", -1, 2, 2 ** 31 - 1],
    ["remS", -7, 2, -1],
    ["remU", 7, 4, 3],
    ["and", 6, 3, 2],
    ["or", 6, 3, 7],
    ["xor", 6, 3, 5],
    ["shl", 1, 5, 32],
    ["shrS", -8, 1, -4],
    ["shrU", -1, 31, 1],
    ["eq", 2, 2, 1],
    ["ne", 2, 2, 0],
    ["ltS", -1, 0, 1],
    ["ltU", -1, 0, 0],
    ["gtS", 1, 0, 1],
    ["gtU", 0, -1, 0],
    ["leS", 1, 1, 1],
    ["leU", 2, 1, 0],
    ["geS", 0, 1, 0],
    ["geU", -1, 1, 1],
  ];
  for (const [name, a, b, expected] of cases) {
    const code = i32[name] as (a: Value<"i32">, b: Value<"i32">) => Value<"i32">;
    assertEquals(ofTwo("i32", "i32", code)(a, b), expected, name);
  }
  assertEquals(ofTwo("i32", "i32", (a) => i32.eqz(a))(0, 0), 1);
  assertEquals(ofTwo("i32", "i32", (a) => i32.ctz(a))(40, 0), 3);
});

Deno.test("i32 constants are signed LEB128 of every length", () => {
  for (const value of [0, -1, 63, 64, -64, -65, 8191, 8192, 2 ** 31 - 1, -(2 ** 31)]) {
    assertEquals(ofTwo("i32", "i32", () => i32.constant(value))(0, 0), value);
  }
});

Deno.test("f32 and f64 have the arithmetic of real numbers", () => {
  assertEquals(
    ofTwo("f32", "f32", f32.add)(0.1, 0.2),
    Math.fround(Math.fround(0.1) + Math.fround(0.2)),
  );
  assertEquals(ofTwo("f32", "f32", f32.div)(1, 4), 0.25);
  assertEquals(ofTwo("f32", "f32", f32.max)(NaN, 4), NaN);
  assertEquals(ofTwo("f32", "f32", (a) => f32.nearest(a))(2.5, 0), 2);
  assertEquals(ofTwo("f32", "i32", f32.lt)(1, 2), 1);
  assertEquals(ofTwo("f32", "i32", (a) => i32.truncSat(a))(-1e20, 0), -(2 ** 31));
  assertEquals(ofTwo("f32", "i32", (a) => i32.reinterpret(a))(1, 0), 0x3f800000);
  assertEquals(ofTwo("f64", "f64", f64.add)(0.1, 0.2), 0.1 + 0.2);
  assertEquals(ofTwo("f64", "f64", (a) => f64.sqrt(a))(2, 0), Math.SQRT2);
  assertEquals(ofTwo("f64", "f32", (a) => f32.demote(a))(0.1, 0), Math.fround(0.1));
  assertEquals(ofTwo("f32", "f64", (a) => f64.promote(a))(0.1, 0), Math.fround(0.1));
  assertEquals(ofTwo("i32", "f64", (a) => f64.convert(a))(-3, 0), -3);
  assertEquals(ofTwo("i32", "f32", (a) => f32.convert(a))(-3, 0), -3);
});

Deno.test("select takes the first value where the condition holds", () => {
  const larger = ofTwo("i32", "i32", (a, b) => select(i32.gtS(a, b), a, b));
  assertEquals([larger(1, 2), larger(3, 2)], [2, 3]);
});

Deno.test("loads and stores reach their offset", () => {
  const { run, buffer } = assemble({ parameters: { at: "i32" } }, (f, { at }) => {
    f.run(i32.store(at, i32.load(0, 4), 300));
    f.run(f32.store(at, f32.load(0, 8), 304));
    f.run(f64.store(at, f64.load(0, 16), 312));
  });
  new Int32Array(buffer)[1] = 7;
  new Float32Array(buffer)[2] = 0.5;
  new Float64Array(buffer)[2] = 0.1;
  run(8);
  assertEquals(new Int32Array(buffer)[308 / 4], 7);
  assertEquals(new Float32Array(buffer)[312 / 4], 0.5);
  assertEquals(new Float64Array(buffer)[320 / 8], 0.1);
});

Deno.test("memory is filled and copied by the stretch", () => {
  const { run, buffer } = assemble({ parameters: {} }, (f) => {
    f.run(memory.fill(4, 9, 3));
    f.run(memory.copy(10, 5, 2));
  });
  run();
  assertEquals([...new Uint8Array(buffer, 0, 13)], [0, 0, 0, 0, 9, 9, 9, 0, 0, 0, 9, 9, 0]);
});

Deno.test("f32x4 works on four lanes, and min and max keep NaN", () => {
  const [a, b] = [[1, -2, 3, NaN], [4, 5, -6, 7]];
  assertEquals(ofVectors(a, b, { code: f32x4.add }), [5, 3, -3, NaN]);
  assertEquals(ofVectors(a, b, { code: f32x4.mul }), [4, -10, -18, NaN]);
  assertEquals(ofVectors(a, b, { code: f32x4.max }), [4, 5, 3, NaN]);
  assertEquals(ofVectors(a, b, { code: f32x4.min }), [1, -2, -6, NaN]);
  assertEquals(ofVectors(b, a, { code: (x) => f32x4.abs(x) }), [4, 5, 6, 7]);
  assertEquals(ofVectors([4, 9, 16, 25], b, { code: (x) => f32x4.sqrt(x) }), [2, 3, 4, 5]);
  assertEquals(
    ofVectors(a, b, { code: (x, y) => v128.and(f32x4.lt(x, y), f32x4.constant(1)) }),
    [1, 1, 0, 0],
  );
  assertEquals(
    ofVectors(a, b, { code: (x, y) => v128.select(f32x4.gt(x, y), x, y) }),
    [4, 5, 3, 7],
  );
});

Deno.test("f32x4.relaxedMadd multiplies and adds", () => {
  const code = (x: Value<"v128">, y: Value<"v128">) => f32x4.relaxedMadd(x, y, 0.5);
  assertEquals(ofVectors([1, 2, 3, 4], [2, 2, 2, 2], { code }), [2.5, 4.5, 6.5, 8.5]);
});

Deno.test("i32x4 works on four integers", () => {
  const lanes = Int32Array;
  const [a, b] = [[1, -2, 3, -4], [4, 5, -6, -7]];
  assertEquals(ofVectors(a, b, { lanes, code: i32x4.add }), [5, 3, -3, -11]);
  assertEquals(ofVectors(a, b, { lanes, code: i32x4.mul }), [4, -10, -18, 28]);
  assertEquals(ofVectors(a, b, { lanes, code: (x) => i32x4.shl(x, 2) }), [4, -8, 12, -16]);
  assertEquals(ofVectors(a, b, { lanes, code: (x) => i32x4.shrU(x, 31) }), [0, 1, 0, 1]);
  assertEquals(ofVectors(a, b, { lanes, code: i32x4.gtS }), [0, 0, -1, -1]);
  assertEquals(ofVectors(a, b, { lanes, code: i32x4.ltU }), [-1, 0, -1, 0]);
  assertEquals(ofVectors(a, b, { lanes, code: () => i32x4.lanes([3, 2, 1, -1]) }), [3, 2, 1, -1]);
  assertEquals(ofVectors(a, b, { lanes, code: (x) => i32x4.splat(i32x4.lane(x, 3)) }), [
    -4,
    -4,
    -4,
    -4,
  ]);
  assertEquals(
    ofVectors(a, b, { lanes, code: (x) => i32x4.splat(i32x4.bitmask(x)) }),
    [10, 10, 10, 10],
  );
  assertEquals(
    ofVectors(a, b, { lanes, code: (x) => i32x4.truncSat(f32x4.convert(x)) }),
    [1, -2, 3, -4],
  );
});

Deno.test("f64x2 works on two lanes, and takes and gives float32", () => {
  const lanes = Float64Array;
  assertEquals(ofVectors([0.1, 1], [0.2, 2], { lanes, code: f64x2.add }), [0.1 + 0.2, 3]);
  assertEquals(ofVectors([2, 9], [0, 0], { lanes, code: (x) => f64x2.sqrt(x) }), [Math.SQRT2, 3]);
  assertEquals(
    ofVectors([0.5, 4], [0, 0], { lanes, code: (x) => f64x2.promoteLow(f32x4.demote(x)) }),
    [0.5, 4],
  );
  assertEquals(
    ofVectors([0.5, 4], [0, 0], { lanes, code: (x) => f64x2.splat(f64x2.lane(x, 1)) }),
    [4, 4],
  );
  assertEquals(
    ofVectors([2.5, -1e20], [0, 0], { lanes, code: (x) => f64x2.nearest(x) }),
    [2, -1e20],
  );
  assertEquals(
    ofVectors([-2.5, 1e20], [0, 0], {
      lanes,
      code: (x) => f64x2.convertLow(i32x4.truncSatWide(x)),
    }),
    [-2, 2 ** 31 - 1],
  );
});

Deno.test("v128.shuffle, splats and single lanes move four bytes", () => {
  const [a, b] = [[1, 2, 3, 4], [5, 6, 7, 8]];
  assertEquals(
    ofVectors(a, b, { code: (x, y) => v128.shuffle(x, y, [0, 4, 3, 7]) }),
    [1, 5, 4, 8],
  );
  assertEquals(ofVectors(a, b, { code: () => v128.load32Splat(0, 8) }), [3, 3, 3, 3]);
  assertEquals(ofVectors(a, b, { code: () => v128.load64Zero(0, 4) }), [2, 3, 0, 0]);
  assertEquals(
    ofVectors(a, b, { code: (x) => v128.load64Lane(0, x, { lane: 1, offset: 4 }) }),
    [1, 2, 2, 3],
  );
  assertEquals(ofVectors(a, b, { code: (x) => f32x4.splat(f32x4.lane(x, 1)) }), [2, 2, 2, 2]);
  const { run, buffer } = assemble({ parameters: {} }, (f) => {
    const x = f.let(v128.load(0));
    f.run(v128.store32Lane(16, x, { lane: 2 }));
    f.run(v128.store64Lane(24, x, { lane: 1 }));
  });
  new Float32Array(buffer).set(a);
  run();
  assertEquals([...new Float32Array(buffer, 16, 4)], [3, 0, 3, 4]);
});

Deno.test("loops run as often as they say, and not at all where that is 0", () => {
  const { run } = assemble({ parameters: { n: "i32" }, result: "i32" }, (f, { n }) => {
    const [i, sum] = [f.local("i32"), f.local("i32")];
    f.for(i, { from: 0, to: n, step: 2 }, () => f.increase(sum, i));
    f.while(i32.gtS(n, 3), () => {
      f.increase(sum, 100);
      f.increase(n, -1);
    });
    f.return(sum);
  });
  assertEquals([run(0), run(3), run(6)], [0, 2, 306]);
});

Deno.test("vector constants are made once, where the function begins", () => {
  const module = new ModuleBuilder({ isShared: false, initialPages: 1, maximumPages: 1 });
  module.add("run", { parameters: { x: "i32" } }, (f, { x }) => {
    const zeros = f.let(i32x4.constant(0));
    f.while(x, () => {
      const [first, second] = [i32x4.lanes([0, 0, 0, 1]), i32x4.lanes([0, 0, 0, 2])];
      for (const term of [first, second, first]) f.set(zeros, f32x4.add(zeros, term));
      f.set(zeros, v128.and(zeros, i32x4.constant(0)));
      f.increase(x, -1);
    });
  });
  const lines = disassemble(module.build()).split("\n").map((line) => line.trim());
  const isConstant = (line: string) => line.startsWith("v128.const");
  assertEquals(lines.slice(3, 8).map((line) => line.replace(/ \(;.*/, "")), [
    "(local v128 v128 v128)",
    "v128.const i32x4 0x0 0x0 0x0 0x1",
    "local.set 2",
    "v128.const i32x4 0x0 0x0 0x0 0x2",
    "local.set 3",
  ]);
  // Zeros cost nothing: they are made where they are used.
  const zeros = lines.filter(isConstant).slice(2);
  assertEquals(zeros.length, 2);
  for (const line of zeros) assert(line.startsWith("v128.const i32x4 0x0 0x0 0x0 0x0"), line);
});

Deno.test("if runs one of its branches", () => {
  const { run } = assemble({ parameters: { x: "f32" }, result: "i32" }, (f, { x }) => {
    const result = f.let(i32.constant(5));
    f.if(
      f32.gt(x, 0),
      () => f.set(result, i32.constant(1)),
      () => f.if(f32.lt(x, 0), () => f.set(result, i32.constant(-1))),
    );
    f.return(result);
  });
  assertEquals([run(2), run(-2), run(0)], [1, -1, 5]);
});

Deno.test("a module over shared memory says so", () => {
  const module = new ModuleBuilder({ isShared: true, initialPages: 1, maximumPages: 2 });
  module.add("run", { parameters: {} }, (f) => f.run(i32.store(0, 1)));
  const compiled = new WebAssembly.Module(module.build());
  const shared = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory: shared } });
  (exports.run as () => void)();
  assertEquals(new Int32Array(shared.buffer)[0], 1);
  assert(shared.buffer instanceof SharedArrayBuffer);
});
