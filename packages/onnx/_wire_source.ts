import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** Where messages say that something was found. */
export interface Place {
  /** What the bytes are, as `node 3 of model.onnx`. */
  readonly subject: string;
  /** The byte of the file where they start. */
  readonly startByte: number;
}

/**
 * A strict reader of one message of protobuf, field by field.
 *
 * What the wire looks like is known to the library; here is what a field must be, and at which byte of
 * the file it is not. Bytes are views of the file.
 */
export class WireSource {
  readonly subject: string;
  readonly #reader: BinaryReader;
  readonly #startByte: number;
  readonly #messages = new Set<number>();
  #field = 0;
  #fieldAt = 0;
  /** The type of the field that was met and is not read yet. */
  #unread: WireType | null = null;

  constructor(bytes: Uint8Array, { subject, startByte }: Place) {
    this.#reader = new BinaryReader(bytes);
    this.subject = subject;
    this.#startByte = startByte;
  }

  /** The number of each field, to the end; one that is not read before the next is skipped. */
  *fields(): Generator<number> {
    while (true) {
      if (this.#unread !== null) this.#take(this.#unread, (reader, type) => reader.skip(type));
      if (this.#reader.pos >= this.#reader.len) return;
      this.#fieldAt = this.#reader.pos;
      const [field, type] = this.#try((reader) => reader.tag());
      [this.#field, this.#unread] = [field, type];
      yield field;
    }
  }

  /** Reads text. */
  string(): string {
    return this.#take(WireType.LengthDelimited, (reader) => reader.string(true));
  }

  /** Reads bytes. */
  bytes(): Uint8Array {
    return this.#take(WireType.LengthDelimited, (reader) => reader.bytes());
  }

  /** Reads an integer, rounded where it is beyond ±2⁵³. */
  integer(): number {
    return this.#take(WireType.Varint, readInteger);
  }

  /** Reads a number of single precision. */
  float(): number {
    return this.#take(WireType.Bit32, (reader) => reader.float());
  }

  /** Reads one integer, or several that are packed, to the end of a list. */
  integers(list: number[]): void {
    this.#repeated(list, WireType.Varint, readInteger);
  }

  /** Reads one number of single precision, or several that are packed, to the end of a list. */
  floats(list: number[]): void {
    this.#repeated(list, WireType.Bit32, (reader) => reader.float());
  }

  /** Reads a message; `name` tells which of this one's messages it is. */
  message<T>(name: string, read: (source: WireSource) => T): T {
    const bytes = this.bytes();
    const startByte = this.#startByte + this.#reader.pos - bytes.length;
    return read(new WireSource(bytes, { subject: `${name} of ${this.subject}`, startByte }));
  }

  /** Reads a message of which there may be one; protobuf would merge two. */
  onlyMessage<T>(name: string, read: (source: WireSource) => T): T {
    if (this.#messages.has(this.#field)) this.refuse(`it must have ${name} once`, "it again");
    this.#messages.add(this.#field);
    return this.message(name, read);
  }

  /** Throws a `SyntaxError` that names the byte of the field that was read last. */
  refuse(requirement: string, found: string): never {
    throw new SyntaxError(
      `Cannot decode ${this.subject} as ${requirement}: found ${found} at byte ${
        this.#startByte + this.#fieldAt
      }`,
    );
  }

  #repeated(list: number[], type: WireType, read: (reader: BinaryReader) => number): void {
    if (this.#unread !== WireType.LengthDelimited) {
      list.push(this.#take(type, read));
      return;
    }
    this.#take(WireType.LengthDelimited, (reader) => {
      const packed = new BinaryReader(reader.bytes());
      while (packed.pos < packed.len) list.push(read(packed));
    });
  }

  #take<T>(type: WireType, read: (reader: BinaryReader, type: WireType) => T): T {
    if (this.#unread !== type) {
      const field = `field ${this.#field}`;
      this.refuse(`${field} must be ${TYPES[type]}`, TYPES[this.#unread!] ?? "a group");
    }
    this.#unread = null;
    return this.#try((reader) => read(reader, type));
  }

  #try<T>(read: (reader: BinaryReader) => T): T {
    try {
      return read(this.#reader);
    } catch (error) {
      this.refuse("its fields must be as protobuf writes them", describe(error));
    }
  }
}

/** What messages call the types of fields. */
const TYPES: Partial<Record<WireType, string>> = {
  [WireType.Varint]: "an integer",
  [WireType.Bit32]: "four bytes",
  [WireType.Bit64]: "eight bytes",
  [WireType.LengthDelimited]: "bytes of a length",
};

function readInteger(reader: BinaryReader): number {
  return Number(reader.int64());
}

/** What the library or the engine stumbled over. */
function describe(error: unknown): string {
  if (error instanceof RangeError) return "an early end";
  if (error instanceof TypeError) return "text that is not UTF-8";
  if (error instanceof Error) return error.message;
  throw error;
}
