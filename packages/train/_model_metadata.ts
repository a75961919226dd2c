import type { Layer } from "@gradus/layers";
import type { Shape } from "@gradus/tensor";
import { numbersOf } from "./_named_state.ts";

/** What stands beside a model's tensors in a file: its settings, and the numbers among its states. */
export function modelMetadata(model: Layer): Record<string, string> {
  const numbers = Object.fromEntries(numbersOf(model).map(({ name, value }) => [name, value]));
  return { format: "gradus", numbers: JSON.stringify(numbers), ...modelSettings(model) };
}

function modelSettings(model: Layer): Record<string, string> {
  if (model.toJSON === undefined) return {};
  try {
    // A model of many layers tells what it takes, without which its record alone is no model.
    const { inputShape } = model as { readonly inputShape?: Shape };
    return {
      model: JSON.stringify(model),
      ...inputShape === undefined ? {} : { inputShape: JSON.stringify(inputShape) },
    };
  } catch (error) {
    // A layer of the user's own, somewhere in the model, need not have settings to be saved.
    if (error instanceof TypeError) return {};
    throw error;
  }
}

/** The numbers among a model's states, from a file; none if the file is not of our making. */
export function parseNumbers(file: string, text: string | undefined): Map<string, number> {
  const value = text === undefined ? {} : parseJson(file, "numbers", text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError(
      `Cannot read ${file} as its metadata numbers must be an object: found ${excerpt(text!)}`,
    );
  }
  return new Map(
    Object.entries(value).map(([name, number]) => {
      if (!Number.isFinite(number)) {
        throw new SyntaxError(
          `Cannot read ${file} as ${name} must be a finite number: found ${
            typeof number === "number" ? number : excerpt(JSON.stringify(number))
          }`,
        );
      }
      return [name, number];
    }),
  );
}

/** JSON of a file's metadata. */
export function parseJson(file: string, name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(
      `Cannot read ${file} as its metadata ${name} must be JSON: found ${excerpt(text)}`,
      { cause },
    );
  }
}

/** As much of a text as a message has room for. */
export function excerpt(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
