// The cellar: every error the library throws, one named class each, all with a stable code.

/** Frames inside the library, and those of built-ins (`at Array.map (<anonymous>)`) that it goes through. */
const LIBRARY_FRAME =
  /[\\/](?:@retrograd|packages)[\\/](?:autograd|nn)[\\/](?:src|dist)[\\/]|at [\w.]+ \(<anonymous>\)$/;

const isFrame = (line: string): boolean => /^\s+at /.test(line);

/** Deeper than any call chain inside the library, so that the caller's frame is always captured. */
const FRAMES_CAPTURED = 64;

/**
 * Moves a stack's first frame to the user's line: leading frames inside the library are dropped.
 * A stack that never leaves the library is kept whole.
 */
function withoutLibraryFrames(stack: string): string {
  const lines = stack.split('\n');
  const first = lines.findIndex(isFrame);
  const own = lines.findIndex((line, k) => k >= first && !LIBRARY_FRAME.test(line));
  if (first >= 0 && own > first) lines.splice(first, own - first);
  return lines.join('\n');
}

/** Where the user's code is right now: ` at file:line:column`, or nothing if that can't be told. */
export function callSite(error: Error = new Error()): string {
  const lines = (error.stack ?? '').split('\n').filter(isFrame);
  const frame = lines.find((line) => !LIBRARY_FRAME.test(line));
  const place = frame?.match(/([^\s(/\\]+:\d+:\d+)\)?$/)?.[1];
  return place === undefined ? '' : ` at ${place}`;
}

/** The base of everything the library throws. Messages read `op: rule, what was got. Likely fix.` */
export abstract class RetrogradError extends Error {
  /** A stable identifier, for programs: the message may be reworded, the code won't. */
  abstract readonly code: string;

  constructor(message: string) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = FRAMES_CAPTURED;
    super(message);
    Error.stackTraceLimit = limit;
    Object.defineProperty(this, 'name', { value: new.target.name, configurable: true });
    if (this.stack !== undefined) {
      this.stack = withoutLibraryFrames(this.stack.replace(/^\w*Error\b/, new.target.name));
    }
  }
}

/** Shapes that don't fit together, or a shape that isn't one. */
export class ShapeError extends RetrogradError {
  readonly code = 'ERR_SHAPE';
}

/** An axis that the tensor doesn't have, or one named twice. */
export class AxisError extends RetrogradError {
  readonly code = 'ERR_AXIS';
}

/** An index outside of the axis it points into. */
export class IndexError extends RetrogradError {
  readonly code = 'ERR_INDEX';
}

/** A dtype that the operation isn't defined on. */
export class DTypeError extends RetrogradError {
  readonly code = 'ERR_DTYPE';
}

/** An argument or option that is none of the values allowed. */
export class ArgumentError extends RetrogradError {
  readonly code = 'ERR_ARGUMENT';
}

/** A gradient that can't reach what it was asked for, because the graph was cut in between. */
export class NoPathError extends RetrogradError {
  readonly code = 'ERR_NO_PATH';
}

/** A replay of a tape whose saved values have been released. */
export class ReleasedTapeError extends RetrogradError {
  readonly code = 'ERR_RELEASED_TAPE';
}

/** A derivative was asked of an operation that declares to have none. */
export class NondifferentiableError extends RetrogradError {
  readonly code = 'ERR_NONDIFFERENTIABLE';
}

/** A rule (vjp, jvp, forward, kernel) broke its contract: wrong count, shape or dtype. */
export class RuleError extends RetrogradError {
  readonly code = 'ERR_RULE';
}

/** A function that must finish before its scope ends returned a promise. */
export class AsyncScopeError extends RetrogradError {
  readonly code = 'ERR_ASYNC_SCOPE';
}

/**
 * A function can't be made a program: it asks for values that don't exist yet, or does something else each time; or there is
 * no WebAssembly.
 */
export class TraceError extends RetrogradError {
  readonly code = 'ERR_TRACE';
}

/** An analytic derivative and the finite difference beside it differ. */
export class GradcheckError extends RetrogradError {
  readonly code = 'ERR_GRADCHECK';
}

/** An audit found an operation whose derivative is wrong. */
export class AuditError extends RetrogradError {
  readonly code = 'ERR_AUDIT';
}

/** A program doesn't fit into memory. */
export class MemoryError extends RetrogradError {
  readonly code = 'ERR_MEMORY';
}
