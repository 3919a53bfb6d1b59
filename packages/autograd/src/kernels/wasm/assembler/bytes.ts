// A list of bytes that grows, written the way WebAssembly's binary format wants it.

/**
 * Sections in parentheses here and beside are those of the WebAssembly core specification. The bytes lie in a plain array:
 * functions are short, and for typed arrays of that size making them takes longer than filling them.
 */
export class Bytes {
  readonly list: number[] = [];

  get length(): number {
    return this.list.length;
  }

  byte(value: number): void {
    this.list.push(value);
  }

  append(bytes: ArrayLike<number>, from = 0, to = bytes.length): void {
    const { list } = this;
    for (let k = from; k < to; k++) list.push(bytes[k]);
  }

  /** An unsigned integer below 2³² as LEB128: seven bits a byte, lowest first, the eighth says that more follow (§5.2.2). */
  unsigned(value: number): void {
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.list.push((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.list.push(rest);
  }

  /** An integer of 32 bits as signed LEB128: complete once the rest is what the last byte's sign bit, 64, says. */
  signed(value: number): void {
    let rest = value | 0;
    while (rest < -0x40 || rest > 0x3f) {
      this.list.push((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    this.list.push(rest & 0x7f);
  }

  /** A float64, lowest byte first. */
  float64(value: number): void {
    const bytes = new DataView(new ArrayBuffer(8));
    bytes.setFloat64(0, value, true);
    for (let k = 0; k < 8; k++) this.list.push(bytes.getUint8(k));
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
    this.append(content.list);
  }

  /** Moves the bytes from `start` on, written last, before those from `at` on. */
  moveBack(start: number, at: number): void {
    this.list.splice(at, 0, ...this.list.splice(start));
  }

  clear(): void {
    this.list.length = 0;
  }

  toBytes(): Uint8Array {
    return new Uint8Array(this.list);
  }
}
