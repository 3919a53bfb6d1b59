// A list of bytes that grows, written and read the way WebAssembly's binary format wants it.

const FIRST_CAPACITY = 256;

/** Most bytes of a LEB128 number of 32 bits. */
const LONGEST_NUMBER = 5;

const SHORT = 16;

/** Appends at the end; `length` bytes are there. Section numbers below are those of the WebAssembly core specification. */
export class Bytes {
  #data = new Uint8Array(FIRST_CAPACITY);
  length = 0;

  /** Makes room for `count` more bytes. */
  #reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.#data.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#data.length));
    larger.set(this.#data.subarray(0, this.length));
    this.#data = larger;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#data[this.length++] = value;
  }

  append(bytes: ArrayLike<number>): void {
    this.#reserve(bytes.length);
    // Opcodes are shorter than the way into `set`.
    if (bytes.length > SHORT) this.#data.set(bytes, this.length);
    else for (let k = 0; k < bytes.length; k++) this.#data[this.length + k] = bytes[k];
    this.length += bytes.length;
  }

  /** An unsigned integer below 2³² as LEB128: seven bits a byte, lowest first, the eighth says that more follow (§5.2.2). */
  unsigned(value: number): void {
    this.#reserve(LONGEST_NUMBER);
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.#data[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#data[this.length++] = rest;
  }

  /** An integer of 32 bits as signed LEB128: complete once the rest is what the last byte's sign bit, 64, says. */
  signed(value: number): void {
    this.#reserve(LONGEST_NUMBER);
    let rest = value | 0;
    while (rest < -0x40 || rest > 0x3f) {
      this.#data[this.length++] = (rest & 0x7f) | 0x80;
      rest >>= 7;
    }
    this.#data[this.length++] = rest & 0x7f;
  }

  /** A float64, lowest byte first. */
  float64(value: number): void {
    this.#reserve(8);
    new DataView(this.#data.buffer).setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** A name: its length in bytes, then UTF-8. */
  text(value: string): void {
    const encoded = new TextEncoder().encode(value);
    this.unsigned(encoded.length);
    this.append(encoded);
  }

  /** Other bytes, after their number. */
  sized(content: Bytes): void {
    this.unsigned(content.length);
    this.append(content.view());
  }

  /** Moves the bytes from `start` on, written last, before those from `at` on. */
  moveBack(start: number, at: number): void {
    const moved = this.#data.slice(start, this.length);
    this.#data.copyWithin(at + moved.length, at, start);
    this.#data.set(moved, at);
  }

  /** The bytes themselves, valid until the next is written. */
  view(): Uint8Array {
    return this.#data.subarray(0, this.length);
  }

  toBytes(): Uint8Array {
    return this.#data.slice(0, this.length);
  }
}
