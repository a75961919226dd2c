/** The part of an open file that is needed here. */
export interface OpenFile {
  read(
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/** Reads from byte `begin` on until the array is full: one call of `read` may give less. */
export async function readExactly(
  handle: OpenFile,
  bytes: Uint8Array,
  { begin, file }: { readonly begin: number; readonly file: string },
): Promise<void> {
  for (let count = 0; count < bytes.length;) {
    const rest = bytes.length - count;
    const { bytesRead } = await handle.read(bytes, count, rest, begin + count);
    if (bytesRead === 0) {
      throw new SyntaxError(
        `Cannot decode ${file} as it must keep its length while it is read: ` +
          `found its end at byte ${begin + count}`,
      );
    }
    count += bytesRead;
  }
}
