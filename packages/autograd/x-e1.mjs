// packages/autograd/src/kernels/wasm/assembler/bytes.ts
var FIRST_CAPACITY = 256;
var LONGEST_NUMBER = 5;
var SHORT = 16;
var Bytes = class {
  #data = new Uint8Array(FIRST_CAPACITY);
  length = 0;
  /** Makes room for `count` more bytes. */
  #reserve(count) {
    const needed = this.length + count;
    if (needed <= this.#data.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#data.length));
    larger.set(this.#data.subarray(0, this.length));
    this.#data = larger;
  }
  byte(value) {
    this.#reserve(1);
    this.#data[this.length++] = value;
  }
  append(bytes) {
    this.#reserve(bytes.length);
    if (bytes.length > SHORT) this.#data.set(bytes, this.length);
    else for (let k = 0; k < bytes.length; k++) this.#data[this.length + k] = bytes[k];
    this.length += bytes.length;
  }
  /** An unsigned integer below 2³² as LEB128: seven bits a byte, lowest first, the eighth says that more follow (§5.2.2). */
  unsigned(value) {
    this.#reserve(LONGEST_NUMBER);
    let rest = value >>> 0;
    while (rest > 127) {
      this.#data[this.length++] = rest & 127 | 128;
      rest >>>= 7;
    }
    this.#data[this.length++] = rest;
  }
  /** An integer of 32 bits as signed LEB128: complete once the rest is what the last byte's sign bit, 64, says. */
  signed(value) {
    this.#reserve(LONGEST_NUMBER);
    let rest = value | 0;
    while (rest < -64 || rest > 63) {
      this.#data[this.length++] = rest & 127 | 128;
      rest >>= 7;
    }
    this.#data[this.length++] = rest & 127;
  }
  /** A float64, lowest byte first. */
  float64(value) {
    this.#reserve(8);
    new DataView(this.#data.buffer).setFloat64(this.length, value, true);
    this.length += 8;
  }
  /** A name: its length in bytes, then UTF-8. */
  text(value) {
    const encoded = new TextEncoder().encode(value);
    this.unsigned(encoded.length);
    this.append(encoded);
  }
  /** Other bytes, after their number. */
  sized(content) {
    this.unsigned(content.length);
    this.append(content.view());
  }
  /** Moves the bytes from `start` on, written last, before those from `at` on. */
  moveBack(start, at) {
    const moved = this.#data.slice(start, this.length);
    this.#data.copyWithin(at + moved.length, at, start);
    this.#data.set(moved, at);
  }
  /** The bytes themselves, valid until the next is written. */
  view() {
    return this.#data.subarray(0, this.length);
  }
  toBytes() {
    return this.#data.slice(0, this.length);
  }
};

// packages/autograd/src/errors.ts
var LIBRARY_FRAME = /[\\/](?:@retrograd|packages)[\\/](?:autograd|nn)[\\/](?:src|dist)[\\/]|at [\w.]+ \(<anonymous>\)$/;
var FRAMES_CAPTURED = 64;
function withoutLibraryFrames(stack) {
  const lines = stack.split("\n");
  const firstFrame = lines.findIndex((line) => /^\s+at /.test(line));
  if (firstFrame < 0) return stack;
  let callSite = firstFrame;
  while (callSite < lines.length && LIBRARY_FRAME.test(lines[callSite])) callSite++;
  if (callSite === lines.length) return stack;
  return [...lines.slice(0, firstFrame), ...lines.slice(callSite)].join("\n");
}
var RetrogradError = class extends Error {
  constructor(message) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = FRAMES_CAPTURED;
    super(message);
    Error.stackTraceLimit = limit;
    Object.defineProperty(this, "name", { value: new.target.name, configurable: true });
    if (this.stack !== void 0) {
      this.stack = withoutLibraryFrames(this.stack.replace(/^\w*Error\b/, new.target.name));
    }
  }
};

// packages/autograd/src/kernels/wasm/assembler/error.ts
var AssemblyError = class extends RetrogradError {
  code = "ERR_ASSEMBLY";
  constructor(message) {
    super(`assembler: ${message}`);
  }
};

// packages/autograd/src/kernels/wasm/assembler/types.ts
var $ = { kind: "stack" };
var CODE_OF = {
  i32: 127,
  i64: 126,
  f32: 125,
  f64: 124,
  v128: 123
};

// packages/autograd/src/kernels/wasm/assembler/builder.ts
var LOCAL_GET = 32;
var I32_CONST = 65;
var F64_CONST = 68;
var END = 11;
var Builder = class {
  code = new Bytes();
  calls = [];
  /** For each value on the stack, where the code that computes it begins. */
  #starts = [];
  #labels = [{ base: 0, reachable: true }];
  // ---- Values ---------------------------------------------------------------------------------------------------------
  /** Notes a value whose code begins at `start`. */
  push(start) {
    this.#starts.push(start);
  }
  /** Removes `count` values; where the code of the first begins. */
  pop(count) {
    const { base, reachable: reachable2 } = this.#innermost();
    const height = this.#starts.length - count;
    if (height < base) {
      const found = this.#starts.length - base;
      if (reachable2)
        throw new AssemblyError(`an instruction takes ${count} values, ${found} are on the stack.`);
      this.#starts.length = base;
      return this.code.length;
    }
    const start = count === 0 ? this.code.length : this.#starts[height];
    this.#starts.length = height;
    return start;
  }
  /** Brings the operands of an instruction onto the stack and removes them; where the code of the first begins. */
  take(types, operands) {
    if (operands.length > 0) this.#arrange(types, operands);
    return this.pop(types.length);
  }
  /**
   * Operands are computed before the instruction that they are given to is even called, so the code of a local or a constant
   * to the left of one that is on the stack belongs before what is written already.
   */
  #arrange(types, operands) {
    if (operands.length !== types.length)
      throw new AssemblyError(
        `an instruction takes none or ${types.length} operands, got ${operands.length}.`
      );
    const last = operands.lastIndexOf($);
    if (last > 0) {
      let place = this.#starts.length - 1;
      for (let i = last - 1; i >= 0; i--) {
        if (operands[i] === $) place--;
        else this.#insert(operands[i], types[i], place);
      }
    }
    for (let i = last + 1; i < operands.length; i++) {
      this.#starts.push(this.code.length);
      this.#write(operands[i], types[i]);
    }
  }
  /** Writes the operand before the value at `place` of the stack. */
  #insert(operand, type, place) {
    if (place < this.#innermost().base)
      throw new AssemblyError("an operand said to be on the stack is missing there.");
    const at = this.#starts[place];
    const end = this.code.length;
    this.#write(operand, type);
    const moved = this.code.length - end;
    this.code.moveBack(end, at);
    for (let k = this.calls.length - 1; k >= 0 && this.calls[k].at >= at; k--)
      this.calls[k].at += moved;
    for (let k = place; k < this.#starts.length; k++) this.#starts[k] += moved;
    this.#starts.splice(place, 0, at);
  }
  #write(operand, type) {
    if (typeof operand !== "number") {
      if (operand.kind === "stack") return;
      this.code.byte(LOCAL_GET);
      this.code.unsigned(operand.index);
    } else if (type === "i32") {
      this.code.byte(I32_CONST);
      this.code.signed(operand);
    } else if (type === "f64") {
      this.code.byte(F64_CONST);
      this.code.float64(operand);
    } else throw new AssemblyError(`an operand of type ${type} can't be a number, got ${operand}.`);
  }
  /** Leaves room for the number of a function. */
  callTo(target) {
    this.calls.push({ at: this.code.length, target });
  }
  // ---- Blocks ---------------------------------------------------------------------------------------------------------
  #innermost() {
    return this.#labels[this.#labels.length - 1];
  }
  /** Writes what is within a block, with neither its beginning nor its end. */
  within(body) {
    const label = { base: this.#starts.length, reachable: true };
    this.#labels.push(label);
    body(label);
    this.expect(0);
    this.#labels.pop();
    this.#starts.length = label.base;
  }
  /** Throws unless the innermost block has left so many values. */
  expect(count) {
    const { base, reachable: reachable2 } = this.#innermost();
    const found = this.#starts.length - base;
    if (found > count || reachable2 && found < count)
      throw new AssemblyError(`a block leaves ${count} values, got ${found}.`);
  }
  /** How many blocks are between here and the label. */
  depthOf(label) {
    const index = this.#labels.lastIndexOf(label);
    if (index < 0)
      throw new AssemblyError("a branch leads out of a block that it is in, got one that is over.");
    return this.#labels.length - 1 - index;
  }
  /** What follows in the innermost block is never reached. */
  leave() {
    const label = this.#innermost();
    label.reachable = false;
    this.#starts.length = label.base;
  }
};
var current = null;
function builder() {
  if (current === null)
    throw new AssemblyError("instructions are written within a function. Call them in `func`.");
  return current;
}
var kindsOf = (types) => types.map(({ kind }) => kind);
var localsFrom = (first, types) => types.map(
  (type, k) => ({ kind: "local", type, index: first + k })
);
function encodeLocals(types) {
  const runs = new Bytes();
  let count = 0;
  for (let from = 0, to = 0; from < types.length; from = to) {
    while (to < types.length && types[to] === types[from]) to++;
    runs.unsigned(to - from);
    runs.byte(CODE_OF[types[from]]);
    count++;
  }
  const encoded = new Bytes();
  encoded.unsigned(count);
  encoded.append(runs.view());
  return encoded.toBytes();
}
function func(signature, run) {
  const args = kindsOf(signature.in);
  const locals = kindsOf(signature.locals ?? []);
  const results = kindsOf(signature.out);
  const own = new Builder();
  const outer = current;
  current = own;
  try {
    run(localsFrom(0, args), localsFrom(args.length, locals));
  } finally {
    current = outer;
  }
  own.expect(results.length);
  own.code.byte(END);
  return {
    kind: "function",
    type: { args, results },
    locals: encodeLocals(locals),
    code: own.code.toBytes(),
    calls: own.calls
  };
}

// packages/autograd/src/kernels/wasm/assembler/control.ts
var LOCAL_GET2 = 32;
var LOCAL_SET = 33;
var LOCAL_TEE = 34;
var local = {
  get({ index }) {
    const own = builder();
    own.push(own.code.length);
    own.code.byte(LOCAL_GET2);
    own.code.unsigned(index);
    return $;
  },
  set({ index, type }, ...value) {
    const own = builder();
    own.take([type], value);
    own.code.byte(LOCAL_SET);
    own.code.unsigned(index);
  },
  /** Sets the local and leaves the value. */
  tee({ index, type }, ...value) {
    const own = builder();
    const start = own.take([type], value);
    own.code.byte(LOCAL_TEE);
    own.code.unsigned(index);
    own.push(start);
    return $;
  }
};
var BULK = ["i32", "i32", "i32"];
var bulk = (opcode) => () => {
  const own = builder();
  own.take(BULK, []);
  own.code.append(opcode);
};
var memory = {
  /** How many pages of 64 KiB there are. */
  size() {
    const own = builder();
    own.push(own.code.length);
    own.code.append([63, 0]);
    return $;
  },
  /** (to, from, bytes) on the stack; the blocks may overlap. */
  copy: bulk([252, 10, 0, 0]),
  /** (to, byte, bytes) on the stack. */
  fill: bulk([252, 11, 0])
};
var BLOCK = 2;
var LOOP = 3;
var IF = 4;
var ELSE = 5;
var END2 = 11;
var BR = 12;
var BR_IF = 13;
var RETURN = 15;
var CALL = 16;
var SELECT = 27;
var NO_VALUES = 64;
function structured(opcode, body) {
  const own = builder();
  own.code.byte(opcode);
  own.code.byte(NO_VALUES);
  own.within(body);
  own.code.byte(END2);
}
var block = (_type, body) => structured(BLOCK, body);
var loop = (_type, body) => structured(LOOP, body);
function if_(_type, body, otherwise) {
  const own = builder();
  own.pop(1);
  own.code.byte(IF);
  own.code.byte(NO_VALUES);
  own.within(body);
  if (otherwise !== void 0) {
    own.code.byte(ELSE);
    own.within(otherwise);
  }
  own.code.byte(END2);
}
function br(label) {
  const own = builder();
  own.code.byte(BR);
  own.code.unsigned(own.depthOf(label));
  own.leave();
}
function br_if(label) {
  const own = builder();
  own.pop(1);
  own.code.byte(BR_IF);
  own.code.unsigned(own.depthOf(label));
}
function return_() {
  const own = builder();
  own.code.byte(RETURN);
  own.leave();
}
function select() {
  const own = builder();
  const start = own.pop(3);
  own.code.byte(SELECT);
  own.push(start);
}
function call(target, operands = []) {
  const own = builder();
  const { args, results } = target.type;
  const start = own.take(args, operands);
  own.code.byte(CALL);
  own.callTo(target);
  for (let k = 0; k < results.length; k++) own.push(start);
}

// packages/autograd/src/kernels/wasm/assembler/module.ts
var importMemory = (limits, value) => ({
  kind: "importMemory",
  limits,
  value
});
var HEADER = [0, 97, 115, 109, 1, 0, 0, 0];
var TYPES = 1;
var IMPORTS = 2;
var FUNCTIONS = 3;
var EXPORTS = 7;
var CODE = 10;
var FUNCTION_KIND = 0;
var MEMORY_KIND = 2;
var FUNCTION_TYPE = 96;
var Entries = class {
  bytes = new Bytes();
  count = 0;
  /** Where to write one more. */
  next() {
    this.count++;
    return this.bytes;
  }
  writeTo(out, section) {
    if (this.count === 0) return;
    const content = new Bytes();
    content.unsigned(this.count);
    content.append(this.bytes.view());
    out.byte(section);
    out.sized(content);
  }
};
var Signatures = class {
  entries = new Entries();
  #known = /* @__PURE__ */ new Map();
  indexOf({ args, results }) {
    const key = `${args.join()}:${results.join()}`;
    const known = this.#known.get(key);
    if (known !== void 0) return known;
    const index = this.#known.size;
    this.#known.set(key, index);
    const out = this.entries.next();
    out.byte(FUNCTION_TYPE);
    for (const types of [args, results]) {
      out.unsigned(types.length);
      for (const type of types) out.byte(CODE_OF[type]);
    }
    return index;
  }
};
function reachable(roots) {
  const seen = new Set(roots);
  for (const one of seen)
    if (one.kind === "function") for (const { target } of one.calls) seen.add(target);
  const imported = [];
  const own = [];
  for (const one of seen) {
    if (one.kind === "function") own.push(one);
    else imported.push(one);
  }
  return { imported, own };
}
var ImportMap = class {
  map = {};
  /** Writes where the import is looked for; `name` if it has none. */
  add(out, { module = "", string }, name, value) {
    const own = string ?? name;
    out.text(module);
    out.text(own);
    this.map[module] ??= {};
    if (value !== void 0) this.map[module][own] = value;
  }
};
function writeMemory(out, { min, max, shared = false }) {
  out.byte(MEMORY_KIND);
  out.byte((shared ? 2 : 0) | (max === void 0 ? 0 : 1));
  out.unsigned(min);
  if (max !== void 0) out.unsigned(max);
}
function writeBody(out, body, run, numbers) {
  body.length = 0;
  body.append(run.locals);
  let done = 0;
  for (const { at, target } of run.calls) {
    body.append(run.code.subarray(done, at));
    body.unsigned(numbers.get(target));
    done = at;
  }
  body.append(run.code.subarray(done));
  out.sized(body);
}
function Module({
  exports,
  memory: memory2
}) {
  const { imported, own } = reachable(Object.values(exports));
  const numbers = /* @__PURE__ */ new Map();
  for (const one of [...imported, ...own]) numbers.set(one, numbers.size);
  const types = new Signatures();
  const importMap = new ImportMap();
  const [imports, functions, names, code] = Array.from({ length: 4 }, () => new Entries());
  imported.forEach((one, k) => {
    const out = imports.next();
    importMap.add(out, one, `f${k}`, one.value);
    out.byte(FUNCTION_KIND);
    out.unsigned(types.indexOf(one.type));
  });
  if (memory2 !== void 0) {
    const out = imports.next();
    importMap.add(out, memory2, "memory", memory2.value);
    writeMemory(out, memory2.limits);
  }
  for (const [name, run] of Object.entries(exports)) {
    const out = names.next();
    out.text(name);
    out.byte(FUNCTION_KIND);
    out.unsigned(numbers.get(run));
  }
  const body = new Bytes();
  for (const one of own) {
    functions.next().unsigned(types.indexOf(one.type));
    writeBody(code.next(), body, one, numbers);
  }
  const toBytes = () => {
    const out = new Bytes();
    out.append(HEADER);
    types.entries.writeTo(out, TYPES);
    imports.writeTo(out, IMPORTS);
    functions.writeTo(out, FUNCTIONS);
    names.writeTo(out, EXPORTS);
    code.writeTo(out, CODE);
    return out.toBytes();
  };
  return { toBytes, importMap: importMap.map };
}

// packages/autograd/src/kernels/wasm/assembler/instruction.ts
var VECTOR_PREFIX = 253;
var vectorOpcode = (code) => code < 128 ? [VECTOR_PREFIX, code] : [VECTOR_PREFIX, code & 127 | 128, code >> 7];
function compute(opcode, args, operands, immediate) {
  const own = builder();
  const start = own.take(args, operands);
  own.code.append(opcode);
  if (immediate !== void 0) own.code.append(immediate);
  own.push(start);
  return $;
}
var instruction = (opcode, args, _result) => (...operands) => compute(opcode, args, operands);
function access(opcode, alignment, { offset = 0 }) {
  const { code } = builder();
  code.append(opcode);
  code.unsigned(alignment);
  code.unsigned(offset);
}
var ADDRESS = ["i32"];
var load = (opcode, alignment, _result) => (place, ...address) => {
  const start = builder().take(ADDRESS, address);
  access(opcode, alignment, place);
  builder().push(start);
  return $;
};
var store = (opcode, alignment, value) => {
  const args = ["i32", value];
  return (place, ...operands) => {
    builder().take(args, operands);
    access(opcode, alignment, place);
  };
};
var storeLane = (opcode, alignment) => {
  const whole = store(opcode, alignment, "v128");
  return (place, lane, ...operands) => {
    whole(place, ...operands);
    builder().code.byte(lane);
  };
};

// packages/autograd/src/kernels/wasm/assembler/numeric.ts
var I32_CONST2 = 65;
var onI32 = (opcode) => instruction([opcode], ["i32", "i32"], "i32");
var i32 = {
  kind: "i32",
  /** Numbers from 2³¹ on are those that have the same bits. */
  const(value) {
    const own = builder();
    own.push(own.code.length);
    own.code.byte(I32_CONST2);
    own.code.signed(value);
    return $;
  },
  load: load([40], 2, "i32"),
  load8_u: load([45], 0, "i32"),
  store: store([54], 2, "i32"),
  store8: store([58], 0, "i32"),
  eqz: instruction([69], ["i32"], "i32"),
  eq: onI32(70),
  ne: onI32(71),
  lt_u: onI32(73),
  gt_u: onI32(75),
  ge_u: onI32(79),
  add: onI32(106),
  sub: onI32(107),
  mul: onI32(108),
  div_u: onI32(110),
  rem_u: onI32(112),
  and: onI32(113),
  or: onI32(114)
};
var i64 = {
  kind: "i64",
  load: load([41], 3, "i64"),
  store: store([55], 3, "i64")
};
var f32 = {
  kind: "f32",
  load: load([42], 2, "f32"),
  store: store([56], 2, "f32"),
  add: instruction([146], ["f32", "f32"], "f32"),
  demote_f64: instruction([182], ["f64"], "f32"),
  convert_i32_s: instruction([178], ["i32"], "f32")
};
var f64 = {
  kind: "f64",
  load: load([43], 3, "f64"),
  store: store([57], 3, "f64"),
  add: instruction([160], ["f64", "f64"], "f64"),
  promote_f32: instruction([187], ["f32"], "f64"),
  convert_i32_s: instruction([183], ["i32"], "f64")
};

// packages/autograd/src/kernels/wasm/assembler/simd.ts
var unary = (code) => instruction(vectorOpcode(code), ["v128"], "v128");
var binary = (code) => instruction(vectorOpcode(code), ["v128", "v128"], "v128");
var ternary = (code) => instruction(vectorOpcode(code), ["v128", "v128", "v128"], "v128");
var splat = (code, type) => instruction(vectorOpcode(code), [type], "v128");
var shift = (code) => instruction(vectorOpcode(code), ["v128", "i32"], "v128");
var extractLane = (code, _result) => {
  const opcode = vectorOpcode(code);
  return (lane, ...operands) => compute(opcode, ["v128"], operands, [lane]);
};
var replaceLane = (code, type) => {
  const opcode = vectorOpcode(code);
  const args = ["v128", type];
  return (lane, ...operands) => compute(opcode, args, operands, [lane]);
};
var VECTOR_BYTES = 16;
var BYTES_OF = {
  i8x16: (value) => Uint8Array.from(value),
  i32x4: (value) => new Uint8Array(Int32Array.from(value).buffer),
  i64x2: (value) => new Uint8Array(BigInt64Array.from(value).buffer)
};
var V128_CONST = vectorOpcode(12);
function constant(shape, value) {
  const write = BYTES_OF[shape];
  return compute(V128_CONST, [], [], sixteen("v128.const", write(value)));
}
function sixteen(what, bytes) {
  if (bytes.length !== VECTOR_BYTES)
    throw new AssemblyError(`${what} takes ${VECTOR_BYTES} bytes, got ${bytes.length}.`);
  return bytes;
}
var v128 = {
  kind: "v128",
  const: constant,
  load: load(vectorOpcode(0), 4, "v128"),
  load32_splat: load(vectorOpcode(9), 2, "v128"),
  load64_splat: load(vectorOpcode(10), 3, "v128"),
  load32_zero: load(vectorOpcode(92), 2, "v128"),
  load64_zero: load(vectorOpcode(93), 3, "v128"),
  store: store(vectorOpcode(11), 4, "v128"),
  store32_lane: storeLane(vectorOpcode(90), 2),
  store64_lane: storeLane(vectorOpcode(91), 3),
  not: unary(77),
  and: binary(78),
  andnot: binary(79),
  or: binary(80),
  xor: binary(81),
  bitselect: ternary(82),
  any_true: instruction(vectorOpcode(83), ["v128"], "i32")
};
var SHUFFLE = vectorOpcode(13);
var i8x16 = {
  /** Byte k of the result is byte lanes[k] of both vectors one behind the other. */
  shuffle: (lanes, ...operands) => compute(
    SHUFFLE,
    ["v128", "v128"],
    operands,
    sixteen("i8x16.shuffle", lanes)
  )
};
var i32x4 = {
  splat: splat(17, "i32"),
  gt_s: binary(59),
  shl: shift(171),
  shr_u: shift(173),
  add: binary(174),
  sub: binary(177)
};
var i64x2 = {
  shl: shift(203),
  shr_u: shift(205),
  add: binary(206),
  sub: binary(209)
};
var arithmetic = (first) => ({
  abs: unary(first),
  neg: unary(first + 1),
  sqrt: unary(first + 3),
  add: binary(first + 4),
  sub: binary(first + 5),
  mul: binary(first + 6),
  div: binary(first + 7),
  min: binary(first + 8),
  max: binary(first + 9),
  pmin: binary(first + 10),
  pmax: binary(first + 11)
});
var comparisons = (first) => ({
  eq: binary(first),
  ne: binary(first + 1),
  lt: binary(first + 2),
  gt: binary(first + 3),
  le: binary(first + 4),
  ge: binary(first + 5)
});
var f32x4 = {
  ...arithmetic(224),
  ...comparisons(65),
  ceil: unary(103),
  floor: unary(104),
  trunc: unary(105),
  nearest: unary(106),
  relaxed_madd: ternary(261),
  extract_lane: extractLane(31, "f32"),
  replace_lane: replaceLane(32, "f32"),
  demote_f64x2_zero: unary(94),
  convert_i32x4_s: unary(250)
};
var f64x2 = {
  ...arithmetic(236),
  ...comparisons(71),
  ceil: unary(116),
  floor: unary(117),
  trunc: unary(122),
  nearest: unary(148),
  relaxed_madd: ternary(263),
  splat: splat(20, "f64"),
  extract_lane: extractLane(33, "f64"),
  replace_lane: replaceLane(34, "f64"),
  promote_low_f32x4: unary(95)
};

// packages/autograd/src/tensor/dtype.ts
function bytesPerElement(dtype) {
  if (dtype === "float32" || dtype === "int32") return 4;
  return dtype === "float64" ? 8 : 1;
}

// packages/autograd/src/kernels/wasm/emit.ts
var define = func;
var times = (count, type) => new Array(count).fill(type);

// packages/autograd/src/kernels/wasm/gemm-tile.ts
var VECTOR = 16;
var rowBytes = ({ vectors }) => vectors * VECTOR;
var tileColumns = (tiling) => rowBytes(tiling) / bytesPerElement(tiling.dtype);
var SWEEP_PARAMETERS = 12;
var unrolledSteps = (order, whole) => (order === "rows" ? 2 : 1) * (whole ? 2 : 1);
function multiplyAdd({ dtype, fma: fma2 }, acc, a, b) {
  const lane = dtype === "float32" ? f32x4 : f64x2;
  if (fma2) {
    local.get(a);
    local.get(b);
    local.get(acc);
    lane.relaxed_madd();
  } else {
    local.get(acc);
    local.get(a);
    local.get(b);
    lane.mul();
    lane.add();
  }
  local.set(acc);
}
function sweep(tiling, rows, order) {
  const { dtype, vectors } = tiling;
  const bytes = bytesPerElement(dtype);
  const lane = dtype === "float32" ? f32x4 : f64x2;
  const pointers = order === "rows" ? rows : 1;
  const unrolled = unrolledSteps(order, rows === tiling.rows);
  const locals = [...times(pointers + 3, i32), ...times(rows * vectors + vectors + 1, v128)];
  return define({ in: times(SWEEP_PARAMETERS, i32), locals, out: [] }, (parameters, rest) => {
    const [a, stepA, b, stepB, panelB, count, k, c, stepC, add, backB, backC] = parameters;
    const ofA = rest.slice(0, pointers);
    const [atB, atC, end] = rest.slice(pointers, pointers + 3);
    const [factor, ...held] = rest.slice(pointers + 3);
    const rowOfB = held.slice(0, vectors);
    const tile = held.slice(vectors);
    const step = (offset) => {
      for (let v = 0; v < vectors; v++) {
        local.set(rowOfB[v], v128.load({ offset: v * VECTOR }, atB));
      }
      local.set(atB, i32.add(atB, stepB));
      for (let i = 0; i < rows; i++) {
        const place = order === "rows" ? [{ offset: offset * bytes }, ofA[i]] : [{ offset: i * bytes }, ofA[0]];
        local.set(
          factor,
          dtype === "float32" ? v128.load32_splat(...place) : v128.load64_splat(...place)
        );
        for (let v = 0; v < vectors; v++) {
          multiplyAdd(tiling, tile[i * vectors + v], factor, rowOfB[v]);
        }
      }
      if (order === "columns") local.set(ofA[0], i32.add(ofA[0], stepA));
    };
    const eachPlace = (visit) => {
      local.set(atC, c);
      for (let i = 0; i < rows; i++) {
        for (let v = 0; v < vectors; v++) visit(tile[i * vectors + v], v * VECTOR);
        if (i < rows - 1) local.set(atC, i32.add(atC, stepC));
      }
    };
    loop(null, (nextTile) => {
      local.set(ofA[0], a);
      for (let i = 1; i < pointers; i++) local.set(ofA[i], i32.add(ofA[i - 1], stepA));
      local.set(atB, b);
      local.set(end, i32.add(b, i32.mul(k, stepB)));
      for (const value of tile) {
        v128.const("i64x2", [0n, 0n]);
        local.set(value);
      }
      block(null, (summed) => {
        loop(null, (again) => {
          for (let p = 0; p < unrolled; p++) {
            step(p);
            i32.eq(atB, end);
            br_if(summed);
          }
          if (order === "rows") for (const at of ofA) local.set(at, i32.add(at, unrolled * bytes));
          br(again);
        });
      });
      local.get(add);
      if_(null, () => {
        eachPlace((value, offset) => {
          v128.load({ offset }, atC);
          local.get(value);
          lane.add();
          local.set(value);
        });
      });
      eachPlace((value, offset) => {
        v128.store({ offset }, atC, value);
      });
      local.set(c, i32.add(c, rowBytes(tiling)));
      local.set(b, i32.add(b, panelB));
      local.set(count, i32.sub(count, 1));
      i32.eq(count, 1);
      if_(null, () => {
        local.set(c, i32.sub(c, backC));
        local.set(b, i32.sub(b, backB));
      });
      local.get(count);
      br_if(nextTile);
    });
  });
}

// packages/autograd/src/kernels/wasm/gemm-pack.ts
var advance = (at, by) => local.set(at, i32.add(at, by));
function smaller(into, x, limit) {
  local.get(x);
  if (typeof limit === "number") i32.const(limit);
  else local.get(limit);
  i32.lt_u(x, limit);
  select();
  local.set(into);
}
function countDown(left, body) {
  loop(null, (again) => {
    body();
    local.tee(left, i32.sub(left, 1));
    br_if(again);
  });
}
function packRuns(bytes) {
  return define({ in: times(4, i32), locals: [], out: [] }, (parameters) => {
    const [from, step, to, k] = parameters;
    countDown(k, () => {
      let offset = 0;
      for (; offset + VECTOR <= bytes; offset += VECTOR) {
        v128.store({ offset }, to, v128.load({ offset }, from));
      }
      for (; offset + 8 <= bytes; offset += 8)
        i64.store({ offset }, to, i64.load({ offset }, from));
      if (offset < bytes) i32.store({ offset }, to, i32.load({ offset }, from));
      advance(from, step);
      advance(to, bytes);
    });
  });
}
function packRagged(tiling) {
  const row = rowBytes(tiling);
  const bytes = bytesPerElement(tiling.dtype);
  return define({ in: times(6, i32), locals: times(3, i32), out: [] }, (parameters, rest) => {
    const [from, stepP, stepJ, to, k, width] = parameters;
    const [read, write, left] = rest;
    i32.lt_u(width, tileColumns(tiling));
    if_(null, () => {
      local.get(to);
      i32.const(0);
      i32.mul(k, row);
      memory.fill();
    });
    countDown(width, () => {
      local.set(read, from);
      local.set(write, to);
      local.set(left, k);
      countDown(left, () => {
        if (bytes === 4) i32.store({}, write, i32.load({}, read));
        else i64.store({}, write, i64.load({}, read));
        advance(read, stepP);
        advance(write, row);
      });
      advance(from, stepJ);
      advance(to, bytes);
    });
  });
}
var picking = (bytes, elements) => elements.flatMap((e) => Array.from({ length: bytes }, (_, byte) => e * bytes + byte));
function shuffle(into, pick, x, y) {
  local.get(x);
  local.get(y);
  i8x16.shuffle(pick);
  local.set(into);
}
function transposeSquare(square, spare) {
  if (square.length === 2) {
    shuffle(spare[0], picking(8, [0, 2]), square[0], square[1]);
    shuffle(spare[1], picking(8, [1, 3]), square[0], square[1]);
    for (let i = 0; i < 2; i++) local.set(square[i], spare[i]);
    return;
  }
  for (const half of [0, 2]) {
    shuffle(spare[half], picking(4, [0, 4, 1, 5]), square[half], square[half + 1]);
    shuffle(spare[half + 1], picking(4, [2, 6, 3, 7]), square[half], square[half + 1]);
  }
  for (const half of [0, 1]) {
    shuffle(square[2 * half], picking(4, [0, 1, 4, 5]), spare[half], spare[half + 2]);
    shuffle(square[2 * half + 1], picking(4, [2, 3, 6, 7]), spare[half], spare[half + 2]);
  }
}
function packTransposed(tiling) {
  const { vectors } = tiling;
  const lanes = tileColumns(tiling) / vectors;
  const row = rowBytes(tiling);
  const locals = [...times(2, i32), ...times(2 * lanes, v128)];
  return define({ in: times(5, i32), locals, out: [] }, (parameters, rest) => {
    const [from, step, to, squares, last] = parameters;
    const [read, write] = rest.slice(0, 2);
    const square = rest.slice(2, 2 + lanes);
    const spare = rest.slice(2 + lanes);
    countDown(squares, () => {
      local.set(read, from);
      local.set(write, to);
      for (let v = 0; v < vectors; v++) {
        for (const column of square) {
          local.set(column, v128.load({}, read));
          advance(read, step);
          smaller(read, read, last);
        }
        transposeSquare(square, spare);
        square.forEach((elements, p) => {
          v128.store({ offset: p * row + v * VECTOR }, write, elements);
        });
      }
      advance(from, VECTOR);
      advance(last, VECTOR);
      advance(to, lanes * row);
    });
  });
}
function among(which, cases) {
  block(null, (chosen) => {
    for (let index = cases.length - 1; index >= 0; index--) {
      i32.eq(which, index + 1);
      if_(null, () => {
        cases[index]();
        br(chosen);
      });
    }
  });
}
function packerOfA(tiling) {
  const bytes = bytesPerElement(tiling.dtype);
  const packers = Array.from({ length: tiling.rows }, (_, i) => packRuns((i + 1) * bytes));
  return define({ in: times(5, i32), locals: [], out: [] }, (parameters) => {
    const [rows, ...rest] = parameters;
    among(
      rows,
      packers.map((pack) => () => {
        call(pack, rest);
      })
    );
  });
}
function packerOfB(tiling) {
  const width = tileColumns(tiling);
  const lanes = width / tiling.vectors;
  const bytes = bytesPerElement(tiling.dtype);
  const runs = packRuns(rowBytes(tiling));
  const squaresOf = packTransposed(tiling);
  const ragged = packRagged(tiling);
  const row = rowBytes(tiling);
  return define({ in: times(7, i32), locals: times(4, i32), out: [] }, (parameters, rest) => {
    const [from, stepP, stepJ, transposed, to, k, columns] = parameters;
    const [panel, squares, first, taken] = rest;
    local.set(panel, i32.mul(k, row));
    local.set(squares, i32.div_u(k, lanes));
    const packSquares = (p, count) => {
      local.get(from);
      p();
      i32.mul($, bytes);
      local.tee(first, i32.add());
      local.get(stepJ);
      local.get(to);
      p();
      i32.mul($, row);
      i32.add();
      if (typeof count === "number") i32.const(count);
      else local.get(count);
      local.get(first);
      i32.mul(i32.sub(taken, 1), stepJ);
      i32.add();
      call(squaresOf);
    };
    const packTransposedPanel = () => {
      local.get(squares);
      if_(
        null,
        () => {
          packSquares(() => i32.const(0), squares);
          i32.rem_u(k, lanes);
          if_(null, () => packSquares(() => i32.sub(k, lanes), 1));
        },
        () => {
          call(ragged, [from, stepP, stepJ, to, k, taken]);
        }
      );
    };
    loop(null, (again) => {
      smaller(taken, columns, width);
      local.get(transposed);
      if_(null, packTransposedPanel, () => {
        i32.eq(taken, width);
        if_(
          null,
          () => {
            call(runs, [from, stepP, to, k]);
          },
          () => {
            call(ragged, [from, stepP, stepJ, to, k, taken]);
          }
        );
      });
      local.set(columns, i32.sub(columns, taken));
      i32.eqz(columns);
      if_(null, () => return_());
      smaller(taken, columns, width);
      local.set(from, i32.add(from, i32.mul(stepJ, taken)));
      advance(to, panel);
      i32.lt_u(columns, width);
      if_(null, () => local.set(columns, i32.const(width)));
      br(again);
    });
  });
}

// packages/autograd/src/kernels/wasm/gemm-blocks.ts
var TERMS = 256;
var BLOCK_ROW_BYTES = 1024;
var blockRowBytes = (tiling) => BLOCK_ROW_BYTES - BLOCK_ROW_BYTES % rowBytes(tiling);
var blockColumnsOf = (tiling) => blockRowBytes(tiling) / bytesPerElement(tiling.dtype);
var round64 = (bytes) => Math.ceil(bytes / 64) * 64;
function layoutOf(tiling) {
  const tile = tiling.rows * rowBytes(tiling);
  const ofA = round64(tile);
  const ofB = ofA + round64(tiling.rows * TERMS * bytesPerElement(tiling.dtype));
  return { ofA, ofB };
}
function sweepOf(tiling) {
  const counts = Array.from({ length: tiling.rows }, (_, i) => i + 1);
  const byRow = counts.map((rows) => sweep(tiling, rows, "rows"));
  const byColumn = counts.map((rows) => sweep(tiling, rows, "columns"));
  return define({ in: times(2 + SWEEP_PARAMETERS, i32), locals: [], out: [] }, (parameters) => {
    const [rows, columnwise, ...rest] = parameters;
    const pass = (run) => () => {
      call(run, rest);
    };
    local.get(columnwise);
    if_(
      null,
      () => among(rows, byColumn.map(pass)),
      () => among(rows, byRow.map(pass))
    );
  });
}
var LOADS = { 4: v128.load32_zero, 8: v128.load64_zero, 16: v128.load };
function storePart(bytes, at, value) {
  if (bytes === 4) v128.store32_lane({}, 0, at, value);
  else if (bytes === 8) v128.store64_lane({}, 0, at, value);
  else v128.store({}, at, value);
}
function tileMover(tiling) {
  const bytes = bytesPerElement(tiling.dtype);
  const lane = tiling.dtype === "float32" ? f32x4 : f64x2;
  const locals = [i32, i32, i32, v128];
  return define({ in: times(6, i32), locals, out: [] }, (parameters, rest) => {
    const [from, c, stepC, rows, columns, add] = parameters;
    const [read, write, left] = rest.slice(0, 3);
    const value = rest[3];
    const movePart = (size) => {
      local.set(value, LOADS[size]({}, read));
      local.get(add);
      if_(null, () => {
        LOADS[size]({}, write);
        local.get(value);
        lane.add();
        local.set(value);
      });
      storePart(size, write, value);
      advance(read, size);
      advance(write, size);
    };
    const lanes = VECTOR / bytes;
    countDown(rows, () => {
      local.set(read, from);
      local.set(write, c);
      local.set(left, i32.div_u(columns, lanes));
      local.get(left);
      if_(null, () => countDown(left, () => movePart(VECTOR)));
      for (let digit = lanes / 2; digit >= 1; digit /= 2) {
        i32.and(columns, digit);
        if_(null, () => movePart(digit * bytes));
      }
      advance(from, rowBytes(tiling));
      advance(c, stepC);
    });
  });
}
function blockProduct(tiling) {
  const bytes = bytesPerElement(tiling.dtype);
  const width = tileColumns(tiling);
  const row = rowBytes(tiling);
  const sweepRows = sweepOf(tiling);
  const packA = packerOfA(tiling);
  const moveTile = tileMover(tiling);
  const { ofA } = layoutOf(tiling);
  return define({ in: times(15, i32), locals: times(13, i32), out: [] }, (parameters, rest) => {
    const [a, stepA, columnwise, packed, b, stepB, panelB, inPlace] = parameters;
    const [c, m, n, k, stepC, scratch, add] = parameters.slice(8);
    const [count, columns, strips, rows, fromA, stepOfA, acrossA] = rest;
    const [overlap, ragged, backB, backC, narrow, stepOfTile] = rest.slice(7);
    local.set(count, i32.div_u(n, width));
    local.set(columns, i32.rem_u(n, width));
    local.set(narrow, i32.and(i32.eqz(count), i32.eq(stepC, i32.mul(n, bytes))));
    local.set(stepOfTile, i32.const(row));
    local.get(narrow);
    if_(null, () => local.set(stepOfTile, stepC));
    i32.and(i32.ne(columns, 0), i32.ne(count, 0));
    if_(null, () => local.set(overlap, i32.sub(row, i32.mul(columns, bytes))));
    local.set(ragged, i32.add(b, i32.mul(count, panelB)));
    local.set(ragged, i32.sub(ragged, i32.mul(overlap, inPlace)));
    i32.and(i32.ne(overlap, 0), i32.eqz(add));
    if_(null, () => {
      local.set(count, i32.add(count, 1));
      local.set(columns, i32.const(0));
      local.set(backB, i32.mul(overlap, inPlace));
      local.set(backC, overlap);
    });
    local.set(strips, i32.div_u(i32.add(m, tiling.rows - 1), tiling.rows));
    local.get(columnwise);
    if_(
      null,
      () => local.set(acrossA, i32.const(bytes)),
      () => local.set(acrossA, stepA)
    );
    countDown(strips, () => {
      local.set(rows, i32.const(1));
      for (let height = 1; height < tiling.rows; height++) {
        local.set(rows, i32.add(rows, i32.gt_u(m, i32.mul(strips, height))));
      }
      local.get(packed);
      if_(
        null,
        () => {
          local.set(fromA, i32.add(scratch, ofA));
          local.set(stepOfA, i32.mul(rows, bytes));
          call(packA, [rows, a, stepA, fromA, k]);
        },
        () => {
          local.set(fromA, a);
          local.set(stepOfA, stepA);
        }
      );
      const ofStrip = [rows, columnwise, fromA, stepOfA];
      local.get(count);
      if_(null, () => {
        const panels = [b, stepB, panelB, count, k];
        call(sweepRows, [...ofStrip, ...panels, c, stepC, add, backB, backC]);
      });
      local.get(columns);
      if_(null, () => {
        const sweepRagged = (to, step) => {
          call(sweepRows, [...ofStrip, ragged, stepB, 0, 1, k, to, step, 0, 0, 0]);
        };
        i32.ge_u(i32.mul(i32.add(i32.sub(m, rows), 1), n), width);
        i32.and(i32.and($, narrow), i32.eqz(add));
        if_(
          null,
          () => sweepRagged(c, stepC),
          () => {
            sweepRagged(scratch, stepOfTile);
            local.get(narrow);
            if_(
              null,
              () => call(moveTile, [scratch, c, stepC, 1, i32.mul(rows, n), add]),
              () => {
                i32.add(scratch, overlap);
                i32.add(c, i32.mul(count, row));
                call(moveTile, [$, $, stepC, rows, columns, add]);
              }
            );
          }
        );
      });
      local.set(a, i32.add(a, i32.mul(rows, acrossA)));
      local.set(c, i32.add(c, i32.mul(rows, stepC)));
      local.set(m, i32.sub(m, rows));
    });
  });
}

// packages/autograd/src/kernels/wasm/gemm-product.ts
var PAGE = 65536;
var DIRECT_ROWS = 24;
var DIRECT_COLUMNS = 16;
var GEMM_PARAMETERS = 10;
var PART_PARAMETERS = 13;
var SMALL = { float32: 0x2000000020000000n, float64: 0x2000000000000000n };
function rowTester(tiling) {
  const { dtype } = tiling;
  const row = rowBytes(tiling);
  const lane = dtype === "float32" ? f32x4 : f64x2;
  return define({ in: [i32], locals: [i32, v128], out: [i32] }, (parameters, rest) => {
    const at = parameters[0];
    const can = rest[0];
    const value = rest[1];
    i32.ge_u(i32.sub(i32.mul(memory.size(), PAGE), row), at);
    if_(null, () => {
      for (let offset = 0; offset < row; offset += VECTOR) {
        local.set(value, v128.load({ offset }, at));
        lane.lt(lane.abs(value), v128.const("i64x2", [SMALL[dtype], SMALL[dtype]]));
        v128.and($, lane.ne(value, v128.const("i64x2", [0n, 0n])));
        if (offset > 0) v128.or();
      }
      local.set(can, i32.eqz(v128.any_true()));
    });
    local.get(can);
  });
}
function partFunction(tiling) {
  const bytes = bytesPerElement(tiling.dtype);
  const width = tileColumns(tiling);
  const row = rowBytes(tiling);
  const canRunOver = rowTester(tiling);
  const product = blockProduct(tiling);
  const packB = packerOfB(tiling);
  const { ofB } = layoutOf(tiling);
  const blockColumns = blockColumnsOf(tiling);
  return define(
    { in: times(PART_PARAMETERS, i32), locals: times(18, i32), out: [] },
    (parameters, rest) => {
      const [a, b, c, m, n, k, transposeA, transposeB, scratch, add] = parameters;
      const [stepA, rowOfB, stepC] = parameters.slice(GEMM_PARAMETERS);
      const [betweenRows, betweenColumns, direct, packA, packed] = rest;
      const [column, columns, term, terms, fromA, fromB, atC] = rest.slice(5);
      const [panels, stepB, panelB, inPlace, dense, lastRow] = rest.slice(12);
      const readInPlace = () => {
        local.set(panels, fromB);
        local.set(stepB, betweenRows);
        local.set(panelB, i32.const(row));
      };
      const readPacked = () => {
        local.set(panels, packed);
        local.set(stepB, i32.const(row));
        local.set(panelB, i32.mul(terms, row));
        call(packB, [fromB, betweenRows, betweenColumns, transposeB, packed, terms, columns]);
      };
      const readCopied = () => {
        local.set(panels, packed);
        local.set(stepB, betweenRows);
        local.set(lastRow, i32.add(packed, i32.sub(lastRow, fromB)));
        for (let offset = 0; offset < row; offset += VECTOR) {
          v128.store({ offset }, lastRow, v128.const("i64x2", [0n, 0n]));
        }
        local.get(packed);
        local.get(fromB);
        i32.mul(terms, betweenRows);
        memory.copy();
      };
      const chooseB = () => {
        local.set(inPlace, i32.and(direct, i32.ge_u(columns, width)));
        local.get(dense);
        if_(
          null,
          () => {
            local.set(lastRow, i32.add(fromB, i32.mul(i32.sub(terms, 1), betweenRows)));
            i32.const(1);
            if_(null, readInPlace, readCopied);
          },
          () => {
            local.get(inPlace);
            if_(null, readInPlace, readPacked);
          }
        );
      };
      const blockOf = () => {
        i32.sub(k, term);
        local.set(terms);
        smaller(terms, terms, TERMS);
        local.get(transposeA);
        if_(
          null,
          () => local.set(fromA, i32.add(a, i32.mul(term, stepA))),
          () => local.set(fromA, i32.add(a, i32.mul(term, bytes)))
        );
        i32.add(b, i32.mul(term, betweenRows));
        i32.mul(column, betweenColumns);
        i32.add();
        local.set(fromB);
        local.set(atC, i32.add(c, i32.mul(column, bytes)));
        chooseB();
        for (const one of [fromA, stepA, transposeA, packA, panels, stepB, panelB, inPlace]) {
          local.get(one);
        }
        for (const one of [atC, m, columns, terms, stepC, scratch]) local.get(one);
        i32.or(add, i32.ne(term, 0));
        call(product);
      };
      local.get(transposeB);
      if_(
        null,
        () => {
          local.set(betweenRows, i32.const(bytes));
          local.set(betweenColumns, rowOfB);
        },
        () => {
          local.set(betweenRows, rowOfB);
          local.set(betweenColumns, i32.const(bytes));
        }
      );
      local.set(direct, i32.and(i32.lt_u(m, DIRECT_ROWS), i32.eqz(transposeB)));
      i32.and(i32.lt_u(n, width), i32.eq(betweenRows, i32.mul(n, bytes)));
      local.set(dense);
      local.set(packA, i32.and(i32.gt_u(n, DIRECT_COLUMNS), i32.ne(transposeA, 0)));
      local.set(packed, i32.add(scratch, ofB));
      local.set(column, i32.const(0));
      loop(null, (nextColumns) => {
        local.set(columns, i32.sub(n, column));
        smaller(columns, columns, blockColumns);
        local.set(term, i32.const(0));
        loop(null, (nextTerms) => {
          blockOf();
          local.tee(term, i32.add(term, TERMS));
          local.get(k);
          i32.lt_u();
          br_if(nextTerms);
        });
        local.tee(column, i32.add(column, blockColumns));
        local.get(n);
        i32.lt_u();
        br_if(nextColumns);
      });
    }
  );
}
function gemmFunction(tiling, part) {
  const bytes = bytesPerElement(tiling.dtype);
  const signature = { in: times(GEMM_PARAMETERS, i32), locals: times(3, i32), out: [] };
  return define(signature, (parameters, rest) => {
    const [, , c, m, n, k, transposeA, transposeB, , add] = parameters;
    const [stepA, stepB, stepC] = rest;
    const stepOf = (step, transposed, lengthTransposed, length) => {
      local.get(transposed);
      if_(
        null,
        () => local.set(step, i32.mul(lengthTransposed, bytes)),
        () => local.set(step, i32.mul(length, bytes))
      );
    };
    i32.or(i32.eqz(m), i32.eqz(n));
    if_(null, () => return_());
    local.set(stepC, i32.mul(n, bytes));
    i32.eqz(k);
    if_(null, () => {
      i32.eqz(add);
      if_(null, () => {
        local.get(c);
        i32.const(0);
        i32.mul(m, stepC);
        memory.fill();
      });
      return_();
    });
    stepOf(stepA, transposeA, m, k);
    stepOf(stepB, transposeB, k, n);
    for (const one of [...parameters, stepA, stepB, stepC]) local.get(one);
    call(part);
  });
}

// packages/autograd/src/kernels/wasm/gemm-module.ts
var validates = (build) => typeof WebAssembly === "object" && WebAssembly.validate(build());
var usesFma = () => {
  const probe = func({ in: [v128], out: [v128] }, ([x]) => {
    f32x4.relaxed_madd(x, x, x);
  });
  return Module({ exports: { probe } }).toBytes();
};
var fma = null;
function hasFma() {
  fma ??= detectFma();
  return fma;
}
function detectFma() {
  if (validates(usesFma)) return true;
  const v8 = globalThis.process?.getBuiltinModule?.("node:v8");
  if (v8 === void 0) return false;
  try {
    v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
    return validates(usesFma);
  } catch {
    return false;
  }
}
var tilingOf = (dtype) => ({
  dtype,
  fma: hasFma(),
  rows: 4,
  vectors: 2
});
var MOST_PAGES = 65536;
function compileGemm(tiling, shared) {
  const memory2 = {
    ...importMemory(shared ? { min: 0, max: MOST_PAGES, shared } : { min: 0 }),
    module: "host",
    string: "memory"
  };
  const part = partFunction(tiling);
  const bytes = Module({ exports: { gemm: gemmFunction(tiling, part), part }, memory: memory2 }).toBytes();
  return new WebAssembly.Module(bytes);
}

// packages/examples/bench/wasm-products.ts
var bytesOf = (dtype) => dtype === "float32" ? 4 : 8;
var aligned = (bytes) => Math.ceil(bytes / 64) * 64;
var WRITTEN_FROM = 2 ** 24;
var MOST_BYTES = 2 ** 26;
function newMemory(dtype) {
  const memory2 = new WebAssembly.Memory({ initial: MOST_BYTES / 65536 });
  const List = dtype === "float32" ? Float32Array : Float64Array;
  new List(memory2.buffer, 0, WRITTEN_FROM / bytesOf(dtype)).fill(0.5);
  return memory2;
}
function productsOf(tiling) {
  const memory2 = newMemory(tiling.dtype);
  const { exports } = new WebAssembly.Instance(compileGemm(tiling, false), { host: { memory: memory2 } });
  const gemm = exports.gemm;
  const bytes = bytesOf(tiling.dtype);
  return (m, n, k, transposeA = false, transposeB = false) => {
    const b = aligned(m * k * bytes);
    const c = WRITTEN_FROM + b + aligned(k * n * bytes);
    const scratch = c + aligned(m * n * bytes);
    const [flagA, flagB] = [Number(transposeA), Number(transposeB)];
    return () => gemm(0, b, c, m, n, k, flagA, flagB, scratch, 0);
  };
}
var TILES = 16;
function tileAlone(tiling) {
  const imported = { ...importMemory({ min: 0 }), module: "host", string: "memory" };
  const tile = Module({
    exports: { tile: sweep(tiling, tiling.rows, "rows") },
    memory: imported
  });
  const module = new WebAssembly.Module(tile.toBytes());
  const memory2 = newMemory(tiling.dtype);
  const run = new WebAssembly.Instance(module, { host: { memory: memory2 } }).exports.tile;
  const [stepA, stepB] = [TERMS, tileColumns(tiling)].map((n) => n * bytesOf(tiling.dtype));
  const b = aligned(tiling.rows * stepA);
  return () => run(0, stepA, b, stepB, 0, TILES, TERMS, WRITTEN_FROM, TILES * stepB, 0, 0, 0);
}
export {
  productsOf,
  tileAlone,
  tilingOf
};
