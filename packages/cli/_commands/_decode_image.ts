/** An image as bytes, row by row, with the channels of a pixel side by side. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly height: number;
  readonly width: number;
  /** 1 for grey, 3 for red, green and blue. */
  readonly channels: 1 | 3;
}

/** More could not be decoded without taking much of a machine's memory. */
const MOST_PIXELS = 64e6;

/** How large an image is, by its header alone; null if it is neither PNG nor JPEG. */
export function imageSize(
  bytes: Uint8Array,
): { readonly height: number; readonly width: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isPng(bytes)) {
    return bytes.length < 24 ? null : { width: view.getUint32(16), height: view.getUint32(20) };
  }
  if (!isJpeg(bytes)) return null;
  // Segments: a marker, then a length that counts itself; that of a frame has height and width.
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return null;
}

/**
 * Decodes a PNG or JPEG image.
 *
 * @throws {SyntaxError} If it is neither, or damaged, or too large; or has transparent pixels.
 */
export async function decodeImage(bytes: Uint8Array, file: string): Promise<Pixels> {
  const size = imageSize(bytes);
  if (size === null) {
    throw new SyntaxError(
      `Cannot decode ${file} as it must be a PNG or JPEG image: found something else`,
    );
  }
  if (size.width * size.height > MOST_PIXELS) {
    throw new SyntaxError(
      `Cannot decode ${file} as it must have at most ${MOST_PIXELS} pixels: found ${size.width} × ${size.height}`,
    );
  }
  try {
    return isPng(bytes) ? await decodePng(bytes, file) : await decodeJpeg(bytes);
  } catch (cause) {
    if (cause instanceof SyntaxError) throw cause;
    throw new SyntaxError(
      `Cannot decode ${file} as it must be a whole ${isPng(bytes) ? "PNG" : "JPEG"} image: found ${
        (cause as Error).message
      }`,
      { cause },
    );
  }
}

function isPng(bytes: Uint8Array): boolean {
  return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a].every((byte, i) => bytes[i] === byte);
}

function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8;
}

async function decodePng(bytes: Uint8Array, file: string): Promise<Pixels> {
  const { convertIndexedToRgb, decode } = await import("fast-png");
  checkDataSize(bytes, file);
  const png = decode(bytes, { checkCrc: true });
  const { width, height, palette, transparency } = png;
  if (transparency !== undefined) throw transparent(file);
  if (palette !== undefined) {
    const data = convertIndexedToRgb(png);
    return opaque({ data, width, height }, { channels: palette[0]!.length, file });
  }
  return opaque({ data: toBytes(png), width, height }, { channels: png.channels, file });
}

/** Data that is compressed takes no more than its pixels would; or it could become a thousand times as much. */
function checkDataSize(bytes: Uint8Array, file: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { width, height } = imageSize(bytes)!;
  // Four channels of two bytes, and a byte for the filter of each row; twice, for what is stored badly.
  const most = 2 * (8 * width + 1) * height + 1000;
  let found = 0;
  for (let at = 8; at + 8 <= bytes.length; at += 12 + view.getUint32(at)) {
    if (view.getUint32(at + 4) === IDAT) found += view.getUint32(at);
  }
  if (found <= most) return;
  throw new SyntaxError(
    `Cannot decode ${file} as the data of ${width} × ${height} pixels must have at most ${most} bytes: found ${found}`,
  );
}

/** The chunks of a PNG that hold its pixels, as a number. */
const IDAT = 0x49444154;

async function decodeJpeg(bytes: Uint8Array): Promise<Pixels> {
  const { decode } = await import("jpeg-js");
  const { data, width, height } = decode(bytes, {
    ...{ useTArray: true, formatAsRGBA: false, tolerantDecoding: false },
    ...{ maxResolutionInMP: MOST_PIXELS / 1e6, maxMemoryUsageInMB: 2048 },
  });
  return { data, width, height, channels: 3 };
}

/** Values of 1, 2, 4, 8 or 16 bits, those of fewer than 8 packed into bytes row by row, as bytes. */
function toBytes(png: {
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly depth: number;
}): Uint8Array {
  const { data, width, depth } = png;
  if (depth === 8) return Uint8Array.from(data);
  if (depth === 16) return Uint8Array.from(data, (value) => Math.round(value / 257));
  const [rowBytes, most] = [Math.ceil(width * depth / 8), 2 ** depth - 1];
  return Uint8Array.from({ length: width * data.length / rowBytes }, (_, i) => {
    const bit = (i % width) * depth;
    const byte = data[Math.floor(i / width) * rowBytes + (bit >> 3)]!;
    return 255 * ((byte >> (8 - depth - (bit & 7))) & most) / most;
  });
}

/** Without the channel of opacity, which must say nothing. */
function opaque(
  { data, width, height }: Omit<Pixels, "channels">,
  { channels, file }: { readonly channels: number; readonly file: string },
): Pixels {
  if (channels === 1 || channels === 3) return { data, width, height, channels };
  const colours = (channels - 1) as 1 | 3;
  const rest = new Uint8Array(width * height * colours);
  for (let pixel = 0; pixel < width * height; pixel++) {
    if (data[pixel * channels + colours] !== 255) throw transparent(file);
    for (let c = 0; c < colours; c++) rest[pixel * colours + c] = data[pixel * channels + c]!;
  }
  return { data: rest, width, height, channels: colours };
}

function transparent(file: string): SyntaxError {
  return new SyntaxError(
    `Cannot decode ${file} as each pixel must be opaque: found a transparent one`,
  );
}
