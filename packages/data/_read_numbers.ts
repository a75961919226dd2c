/**
 * The bytes of numbers, copied to where a typed array may begin and put into little-endian order,
 * which is that of every machine that runs JavaScript engines and of WebAssembly.
 */
export function littleEndianCopy(
  bytes: Uint8Array,
  itemBytes: number,
  options: { isBigEndian: boolean },
): ArrayBuffer {
  const copy = new Uint8Array(bytes);
  if (options.isBigEndian && itemBytes > 1) {
    for (let at = 0; at < copy.length; at += itemBytes) copy.subarray(at, at + itemBytes).reverse();
  }
  return copy.buffer;
}
