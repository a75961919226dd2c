/**
 * The first bytes of the memory, which no storage gets: address 0 means "none", as in C.
 *
 * @module
 */

/** A tile's rows below the last row of a matrix are written here, and never read. */
export const DISCARD_ADDRESS = 64;

/** Zeros, for whoever needs a table of one 0. */
export const ZERO_ADDRESS = 192;

/** Numbers that stand beside a tensor in an op with a scalar: three of 16 bytes. */
export const SCALAR_ADDRESS = 256;

/** Where storages begin. */
export const HEAP_ADDRESS = 1024;
