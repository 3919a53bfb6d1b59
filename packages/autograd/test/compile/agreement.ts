// Compiled against eager: how far two results may be apart, and where they are.
import { Operand, type Tensor } from '@retrograd/autograd';

/** The tensors of a result: of a tensor, or of an array or object of tensors. */
export function tensorsOf(result: unknown): Tensor[] {
  if (result instanceof Operand) return [result.read()];
  if (typeof result !== 'object' || result === null) return [];
  return Object.values(result).flatMap(tensorsOf);
}

/** max|a − b| / max|b| as the design has it: 1e-12 in float64, 1e-5 in float32, and 0 where nothing is rounded. */
const TOLERANCE = { float64: 1e-12, float32: 1e-5, int32: 0, bool: 0 } as const;

/** What is wrong with a result; nothing if it agrees. */
export function disagreement(got: unknown, wanted: unknown): string[] {
  const [a, b] = [tensorsOf(got), tensorsOf(wanted)];
  if (a.length !== b.length) return [`${a.length} tensors instead of ${b.length}`];
  return a.flatMap((x, i) => {
    const y = b[i];
    if (x.dtype !== y.dtype || x.shape.join() !== y.shape.join()) {
      return [`${x.dtype} [${x.shape}] instead of ${y.dtype} [${y.shape}]`];
    }
    const [p, q] = [Float64Array.from(x.data()), Float64Array.from(y.data())];
    const largest = q.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m), 0);
    const slack = TOLERANCE[y.dtype] * largest;
    const wrong = [...p].findIndex((v, k) => !Object.is(v, q[k]) && !(Math.abs(v - q[k]) <= slack));
    return wrong < 0 ? [] : [`element ${wrong} is ${p[wrong]} instead of ${q[wrong]}`];
  });
}
