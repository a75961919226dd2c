import { equalShapes, formatShape, ShapeError } from "@gradus/tensor";
import { checkWhole, shown } from "./_check_number.ts";
import type { OptimizerState } from "./optimizer.ts";

/**
 * Refuses a state, of unknown origin, that an optimizer whose own state is `expected` never gave.
 */
export function checkState(state: OptimizerState, expected: OptimizerState): void {
  const { kind } = expected;
  if (typeof state !== "object" || state === null) {
    throw new TypeError(`Cannot restore ${kind} as its state must be a record: found ${state}`);
  }
  if (state.kind !== kind) {
    throw new TypeError(
      `Cannot restore ${kind} as the state must be its own: found ${shown(state.kind)}`,
    );
  }
  checkWhole(`restore ${kind} as its steps`, state.steps);
  checkNames(kind, { what: "parameter", found: state.parameters, expected: expected.parameters });
  checkNames(kind, { what: "slot", found: state.slots, expected: expected.slots });
  for (const { name, updates } of state.parameters) {
    checkWhole(`restore ${name} as its updates`, updates);
    if (updates > state.steps) {
      throw new RangeError(
        `Cannot restore ${name} as its updates must not exceed the steps, ${state.steps}: found ${updates}`,
      );
    }
  }
  state.slots.forEach(({ name, shape }, i) => {
    const own = expected.slots[i]!.shape;
    if (!Array.isArray(shape) || !equalShapes(shape, own)) {
      throw new ShapeError(
        `Cannot restore ${name} as its shape must be ${formatShape(own)}: found ${
          Array.isArray(shape) ? `[${shape.map(shown).join(", ")}]` : shown(shape)
        }`,
      );
    }
  });
}

type Named = readonly { readonly name: string }[];

function checkNames(
  kind: string,
  { what, found, expected }: { what: string; found: Named; expected: Named },
): void {
  const count = Array.isArray(found) ? found.length : "no list";
  if (count !== expected.length) {
    throw new TypeError(
      `Cannot restore ${kind} as its ${what}s must be ${expected.length}: found ${count}`,
    );
  }
  expected.forEach(({ name }, i) => {
    const other = found[i]?.name;
    if (other !== name) {
      throw new TypeError(
        `Cannot restore ${kind} as ${what} ${i} must be ${name}: found ${shown(other)}`,
      );
    }
  });
}
