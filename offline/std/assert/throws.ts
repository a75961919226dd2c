import { fail } from "./assertion_error.ts";

/** A class of errors; abstract ones too. */
// deno-lint-ignore no-explicit-any -- std's signature: the arguments of a class are anything
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/**
 * Calls `fn`, throws unless it throws, and returns what it threw. Called as
 * `assertThrows(fn, msg?)`, it takes anything thrown; called as
 * `assertThrows(fn, Class, includes?, msg?)`, an instance of the class whose message includes the
 * text.
 *
 * @throws {AssertionError} If `fn` returns, throws something that is not an `Error`, or an error of
 * another class or message.
 */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error>(
  fn: () => unknown,
  classOrMsg?: ErrorClass<E> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const [errorClass, reason] = sortArguments(classOrMsg, msg);
  try {
    fn();
  } catch (error) {
    if (errorClass) {
      checkError(error, errorClass, { msgIncludes, reason, verb: "thrown" });
    }
    return error;
  }
  fail("Expected function to throw", reason);
}

/**
 * Calls `fn`, throws unless the promise that it returns rejects, and resolves to what it rejected
 * with. Its arguments are those of {@linkcode assertThrows}.
 *
 * @throws {AssertionError} If the promise resolves or rejects with something else, and if `fn`
 * throws or returns something that is not a promise.
 */
export function assertRejects(
  fn: () => PromiseLike<unknown>,
  msg?: string,
): Promise<unknown>;
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorClass<E> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  const [errorClass, reason] = sortArguments(classOrMsg, msg);
  const promise = startPromise(fn, reason);
  try {
    await promise;
  } catch (error) {
    if (errorClass) {
      checkError(error, errorClass, { msgIncludes, reason, verb: "rejected" });
    }
    return error;
  }
  fail("Expected function to reject", reason);
}

function sortArguments<E extends Error>(
  classOrMsg?: ErrorClass<E> | string,
  msg?: string,
): [errorClass: ErrorClass<E> | undefined, reason: string | undefined] {
  return typeof classOrMsg === "string" ? [undefined, classOrMsg] : [classOrMsg, msg];
}

function startPromise(
  fn: () => PromiseLike<unknown>,
  reason?: string,
): PromiseLike<unknown> {
  let promise: PromiseLike<unknown> | undefined;
  try {
    promise = fn();
  } catch {
    // An error thrown at once is no rejection: the check below says so.
  }
  if (typeof promise?.then !== "function") {
    fail("Function throws when expected to reject", reason);
  }
  return promise;
}

function checkError<E extends Error>(
  error: unknown,
  errorClass: ErrorClass<E>,
  options: { msgIncludes?: string; reason?: string; verb: string },
): void {
  const { msgIncludes, reason, verb } = options;
  if (!(error instanceof Error)) fail(`A non-Error object was ${verb}`, reason);
  if (!(error instanceof errorClass)) {
    const found = error.constructor.name;
    fail(
      `Expected error to be instance of "${errorClass.name}", but was "${found}"`,
      reason,
      `\n\n${error.stack}`,
    );
  }
  if (msgIncludes !== undefined && !error.message.includes(msgIncludes)) {
    const [expected, found] = [msgIncludes, error.message].map((text) => JSON.stringify(text));
    fail(
      `Expected error message to include ${expected}, but got ${found}`,
      reason,
    );
  }
}
