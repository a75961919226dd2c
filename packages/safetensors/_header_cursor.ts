import { quote, refuse, shorten } from "./_refuse.ts";

/** What a {@linkcode HeaderCursor} reads. */
export interface HeaderSource {
  /** The header. */
  readonly text: string;
  /** The name of the file, for messages. */
  readonly file: string;
  /** The byte of the file where the header starts. */
  readonly startByte: number;
}

/**
 * A strict reader of JSON that is told, value by value, what must come next.
 *
 * `JSON.parse` keeps the last of two equal keys, nests as deep as the file likes and does not say
 * where it found a value. Here equal keys are refused, the depth is that of the calls, and each
 * refusal names its byte.
 */
export class HeaderCursor {
  readonly #source: HeaderSource;
  #subject: string;
  #position = 0;

  constructor(source: HeaderSource) {
    this.#source = source;
    this.#subject = source.file;
  }

  /** Runs `read`; refusals within it name `subject`, a part of the file. */
  within(subject: string, read: () => void): void {
    this.#subject = `${subject} of ${this.#source.file}`;
    read();
    this.#subject = this.#source.file;
  }

  /** Skips white space and gives the position of what comes next. */
  next(): number {
    this.#position += this.#match(/[ \t\n\r]*/y).length;
    return this.#position;
  }

  /** Reads an object: `readValue` is called after each key. */
  object(requirement: string, readValue: (key: string) => void): void {
    this.#take("{", requirement);
    if (this.#skip("}")) return;
    const keys = new Set<string>();
    do {
      const at = this.next();
      const key = this.string("a key must be a string");
      if (keys.has(key)) this.refuse("its keys must differ", { at, found: `${quote(key)} again` });
      keys.add(key);
      this.#take(":", "a colon must follow a key");
      readValue(key);
    } while (this.#skip(","));
    this.#take("}", "a comma or a brace must follow a value");
  }

  /** Reads an array of integers from 0 to 2^53 − 1. */
  integers(requirement: string): number[] {
    const integers: number[] = [];
    this.#take("[", requirement);
    if (this.#skip("]")) return integers;
    do integers.push(this.#integer(requirement)); while (this.#skip(","));
    this.#take("]", "a comma or a bracket must follow an integer");
    return integers;
  }

  /** Reads a string. */
  string(requirement: string): string {
    const { text } = this.#source;
    const at = this.next();
    if (text[at] !== '"') this.refuse(requirement, { at });
    let last = at + 1;
    while (last < text.length && text[last] !== '"') last += text[last] === "\\" ? 2 : 1;
    const literal = text.slice(at, last + 1);
    const string = unescape(literal);
    if (string === null) {
      this.refuse("a string must be as in JSON", { at, found: shorten(literal) });
    }
    this.#position = last + 1;
    return string;
  }

  /** Asserts that only spaces are left, with which a header may be padded. */
  end(): void {
    this.#position += this.#match(/ */y).length;
    if (this.#position < this.#source.text.length) {
      this.refuse("only spaces may follow its header", { at: this.#position });
    }
  }

  /** Throws a `SyntaxError` that names the byte of position `at` and what was found there. */
  refuse(requirement: string, finding: { at: number; found?: string }): never {
    const { at, found = this.#character(at) } = finding;
    const { startByte, text } = this.#source;
    const byte = startByte + new TextEncoder().encode(text.slice(0, at)).length;
    refuse(this.#subject, { requirement, found, byte });
  }

  #integer(requirement: string): number {
    const at = this.next();
    const token = this.#match(/[-+.\w]*/y);
    if (token === "") this.refuse(requirement, { at });
    const integer = /^(0|[1-9]\d*)$/.test(token) ? Number(token) : NaN;
    if (!Number.isSafeInteger(integer)) this.refuse(requirement, { at, found: shorten(token) });
    this.#position += token.length;
    return integer;
  }

  #take(mark: string, requirement: string): void {
    if (!this.#skip(mark)) this.refuse(requirement, { at: this.#position });
  }

  #skip(mark: string): boolean {
    if (this.#source.text[this.next()] !== mark) return false;
    this.#position++;
    return true;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#position;
    return pattern.exec(this.#source.text)![0];
  }

  #character(position: number): string {
    const code = this.#source.text.codePointAt(position);
    return code === undefined
      ? "the end of the header"
      : JSON.stringify(String.fromCodePoint(code));
  }
}

/** The string that `literal` stands for, or null where it stands for none. */
function unescape(literal: string): string | null {
  try {
    const string: string = JSON.parse(literal);
    return string.isWellFormed() ? string : null;
  } catch {
    return null;
  }
}
