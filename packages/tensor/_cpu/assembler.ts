/**
 * An assembler for the part of WebAssembly that kernels need: functions over one imported memory.
 *
 * A function is written as a TypeScript function that calls a {@linkcode FunctionBuilder}: `set`, `loop`,
 * `if` and `store` are its statements, and the values come from `instructions.ts`. What is a local of
 * wasm is a constant of TypeScript; what is a loop of TypeScript unrolls.
 *
 * @module
 */

import { type Code, flatten, section, sized, text, unsigned, vector } from "./encoding.ts";
import { i32, type Term, type Type, type Value, VECTOR_CONSTANT } from "./instructions.ts";

const TYPE_BYTES: Record<Type, number> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };
const VOID = 0x40;

/** A variable of a function; reading it is a {@linkcode Value}. */
export interface Local<T extends Type = Type> extends Value<T> {
  readonly index: number;
}

/** Types of parameters by name. */
export type Parameters = Readonly<Record<string, Type>>;

/** The parameters of a function, as its body sees them. */
export type Locals<P extends Parameters> = { readonly [Name in keyof P]: Local<P[Name]> };

/** Where the memory of a module comes from. */
export interface MemoryImport {
  /** Whether threads share it. */
  readonly isShared: boolean;
  /** 64 KiB pages at the start, and at most. */
  readonly initialPages: number;
  readonly maximumPages: number;
}

/** Collects the statements of one function. */
export class FunctionBuilder {
  readonly #locals: Type[] = [];
  readonly #parameters: number;
  #body: Code[] = [];

  constructor(parameters: number) {
    this.#parameters = parameters;
  }

  /** A new local, zero at first. */
  local<T extends Type>(type: T): Local<T> {
    return localAt(type, this.#parameters + this.#locals.push(type) - 1);
  }

  /** A new local that holds a value, computed here once. */
  let<T extends Type>(value: Value<T>): Local<T> {
    const local = this.local(value.type);
    this.set(local, value);
    return local;
  }

  /** `local = value`. */
  set<T extends Type>(local: Local<T>, value: Value<T>): void {
    this.#body.push([value.code, 0x21, unsigned(local.index)]);
  }

  /** `local += amount`. */
  increase(local: Local<"i32">, amount: Term<"i32">): void {
    this.set(local, i32.add(local, amount));
  }

  /** Appends a store, or any code that leaves nothing on the stack. */
  run(code: Code): void {
    this.#body.push(code);
  }

  /** Runs code and forgets the value that it leaves. */
  drop(value: Value): void {
    this.#body.push([value.code, 0x1a]);
  }

  /** Runs `then` where the condition is not 0, else `otherwise`. */
  if(condition: Value<"i32">, then: () => void, otherwise?: () => void): void {
    const yes = this.#collect(then);
    const no = otherwise === undefined ? [] : [0x05, this.#collect(otherwise)];
    this.#body.push([condition.code, 0x04, VOID, yes, no, 0x0b]);
  }

  /** Runs the body as long as the condition is not 0. */
  while(condition: Value<"i32">, body: () => void): void {
    this.if(condition, () => this.repeat(body, condition));
  }

  /** Runs the body once, and again as long as the condition is not 0. */
  repeat(body: () => void, condition: Value<"i32">): void {
    this.#body.push([0x03, VOID, this.#collect(body), condition.code, 0x0d, 0x00, 0x0b]);
  }

  /** `for (local = from; local < to; local += step)`, on unsigned numbers. */
  for(
    local: Local<"i32">,
    { from, to, step = 1 }: { from: Term<"i32">; to: Term<"i32">; step?: Term<"i32"> },
    body: () => void,
  ): void {
    this.set(local, typeof from === "number" ? i32.constant(from) : from);
    this.while(i32.ltU(local, to), () => {
      body();
      this.increase(local, step);
    });
  }

  /** Ends the function. */
  return(value?: Value): void {
    this.#body.push([value?.code ?? [], 0x0f]);
  }

  /** The function's entry of the code section. */
  build(): Code {
    const body = this.#flattened();
    const locals = this.#locals.map((type) => [1, TYPE_BYTES[type]]);
    return sized([vector(locals), body, 0x0b]);
  }

  /**
   * The body, its constant vectors in locals that are set first. V8 would make each anew in every round of
   * a loop, by three instructions; 0 takes it one, and stays where it is.
   */
  #flattened(): Uint8Array<ArrayBuffer> {
    const [sets, bytes]: [number[], number[]] = [[], []];
    const locals = new Map<string, Local<"v128">>();
    const localOf = (lanes: Code) => {
      const key = lanes.join();
      let local = locals.get(key);
      if (local === undefined) {
        local = this.local("v128");
        locals.set(key, local);
        sets.push(...flatten([VECTOR_CONSTANT, lanes, 0x21, unsigned(local.index)]));
      }
      return local;
    };
    const write = (code: Code) => {
      for (let at = 0; at < code.length; at++) {
        const part = code[at]!;
        if (typeof part === "number") bytes.push(part);
        else if (part === VECTOR_CONSTANT && isNotZero(code[at + 1] as Code)) {
          write(localOf(code[++at] as Code).code);
        } else write(part);
      }
    };
    write(this.#body);
    const flat = new Uint8Array(sets.length + bytes.length);
    flat.set(sets);
    flat.set(bytes, sets.length);
    return flat;
  }

  #collect(body: () => void): Code {
    const outer = this.#body;
    this.#body = [];
    body();
    const inner = this.#body;
    this.#body = outer;
    return inner;
  }
}

/** Collects functions into a module over one imported memory, `env.memory`. */
export class ModuleBuilder {
  readonly #memory: MemoryImport;
  readonly #types: Code[] = [];
  readonly #exports: Code[] = [];
  readonly #bodies: Code[] = [];

  constructor(memory: MemoryImport) {
    this.#memory = memory;
  }

  /**
   * Adds a function, exported by its name.
   *
   * @returns Its number among the exports.
   */
  add<P extends Parameters>(
    name: string,
    signature: { readonly parameters: P; readonly result?: Type },
    body: (f: FunctionBuilder, parameters: Locals<P>) => void,
  ): number {
    const names = Object.keys(signature.parameters);
    const types = names.map((parameter) => signature.parameters[parameter]!);
    const locals = Object.fromEntries(
      names.map((parameter, index) => [parameter, localAt(types[index]!, index)]),
    );
    const f = new FunctionBuilder(names.length);
    body(f, locals as Locals<P>);
    const results = signature.result === undefined ? [] : [[TYPE_BYTES[signature.result]]];
    this.#types.push([0x60, vector(types.map((type) => [TYPE_BYTES[type]])), vector(results)]);
    this.#exports.push([text(name), 0x00, unsigned(this.#bodies.length)]);
    return this.#bodies.push(f.build()) - 1;
  }

  /** The module's bytes. */
  build(): Uint8Array<ArrayBuffer> {
    const { isShared, initialPages, maximumPages } = this.#memory;
    const limits = [isShared ? 0x03 : 0x01, unsigned(initialPages), unsigned(maximumPages)];
    const indices = this.#bodies.map((_, index) => unsigned(index));
    return flatten([
      [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      section(1, vector(this.#types)),
      section(2, vector([[text("env"), text("memory"), 0x02, limits]])),
      section(3, vector(indices)),
      section(7, vector(this.#exports)),
      section(10, vector(this.#bodies)),
    ]);
  }
}

function isNotZero(lanes: Code): boolean {
  return lanes.some((byte) => byte !== 0);
}

function localAt<T extends Type>(type: T, index: number): Local<T> {
  return { type, index, code: [0x20, unsigned(index)] };
}
