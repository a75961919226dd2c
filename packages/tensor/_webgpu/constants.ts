/**
 * Numbers of the WebGPU standard, which are global names in browsers and Deno, and not where a caller
 * brings a GPU of its own.
 *
 * @module
 */

export const USAGE = {
  mapRead: 0x1,
  copySource: 0x4,
  copyTarget: 0x8,
  uniform: 0x40,
  storage: 0x80,
} as const;

export const MAP_READ = 0x1;

export const STAGE_COMPUTE = 0x4;
