/**
 * Placeholder.
 *
 * @module
 */
export * from "./gradient_check.ts";
