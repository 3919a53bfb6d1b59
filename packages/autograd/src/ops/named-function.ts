// What every operation is to its callers: a function of its name, with the operation at hand.

/** `call`, which stack traces and debuggers then name as the operation, with `op` on it. */
export function namedFunction<F extends (...args: never[]) => unknown, O extends { name: string }>(
  op: O,
  call: F,
): F & { readonly op: O } {
  Object.defineProperty(call, 'name', { value: op.name });
  return Object.assign(call, { op });
}
