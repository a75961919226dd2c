/** The size of the length of the header, with which a file starts. */
export const LENGTH_BYTES = 8;

/** The longest header: the official limit, which bounds what a file can make a reader parse. */
export const LONGEST_HEADER_BYTES = 100_000_000;

/** The order of the bytes of a number, for `DataView`. */
export const LITTLE_ENDIAN = true;

/** The key of the header that holds strings instead of a tensor. */
export const METADATA = "__metadata__";
