// The mathematics as WebAssembly functions on vectors, each compiled when it is first asked for.

import { knownAt } from '../../../scalar/known.js';
import {
  type Func,
  f64,
  type ImportFunc,
  if_,
  importFunc,
  type Local,
  local,
  type ValueType,
  v128,
} from '../assembler/index.js';
import { define, Emitter, fromLocal, sharedNodes, times, vectorFunction } from '../emit.js';
import { instantiate } from '../module.js';
import { instructionsOf, type Lanes, type LaneType, lanesOf, type Vec, vec } from '../vector.js';
import { erf } from './erf.js';
import { cosh, exp, expm1, sigmoid, sinh, tanh } from './exponential.js';
import { acos, asin, atan } from './inverse-trigonometric.js';
import { log, log1p, logSigmoid, softplus } from './logarithm.js';
import { callHost, pushLane } from './numbers.js';
import { pow } from './power.js';
import { cos, isHugeAngle, sin, tan } from './trigonometric.js';

const UNARY = {
  exp,
  expm1,
  sigmoid,
  tanh,
  sinh,
  cosh,
  log,
  log1p,
  softplus,
  logSigmoid,
  asin,
  acos,
  atan,
  erf,
} as const;

/** Those that leave huge arguments to a function of `Math`. */
const PERIODIC = { sin, cos, tan } as const;

export type MathName = keyof typeof UNARY | keyof typeof PERIODIC | 'pow';

export const MATH_NAMES = [
  ...Object.keys(UNARY),
  ...Object.keys(PERIODIC),
  'pow',
] as readonly MathName[];

const isUnary = (name: MathName): name is keyof typeof UNARY => Object.hasOwn(UNARY, name);

/** The function written out on x; null for those that need more than a graph of vectors. */
export const inlineMath = (name: MathName, l: Lanes, x: Vec): Vec | null =>
  isUnary(name) ? UNARY[name](l, x) : null;

/** The host's function applied lane by lane. */
function laneByLane(l: Lanes, x: Local<'v128'>, host: ImportFunc): Vec {
  let result = fromLocal(x);
  for (let lane = 0; lane < l.count; lane++) {
    const before = result;
    result = vec(() => {
      pushLane(l, lane, x);
      callHost(l, host);
      instructionsOf(l.dtype).replace_lane(lane);
    }, [before]);
  }
  return result;
}

function periodicFunction(l: Lanes, name: keyof typeof PERIODIC): Func<ValueType[], ValueType[]> {
  const host = importFunc({ in: [f64], out: [f64] }, Math[name]);
  const names: Local<'v128'>[] = [];
  const x = vec(() => local.get(names[0]), [], true);
  const fast = PERIODIC[name](l, x);
  const huge = isHugeAngle(l, x);
  const shared = sharedNodes([fast, huge]).length;
  return define({ in: [v128], locals: times(shared + 1, v128), out: [v128] }, (own, rest) => {
    const [result, ...pool] = rest as Local<'v128'>[];
    names.push(own[0] as Local<'v128'>);
    const emitter = new Emitter(pool);
    emitter.push(fast);
    local.set(result);
    emitter.push(huge);
    v128.any_true();
    if_(() => {
      new Emitter([]).push(l.choose(huge, laneByLane(l, names[0], host), fromLocal(result)));
      local.set(result);
    });
    local.get(result);
  });
}

function functionOf(name: MathName, l: Lanes): Func<ValueType[], ValueType[]> {
  if (name === 'pow') return vectorFunction(2, ([a, b]) => pow(l, a, b));
  if (isUnary(name)) return vectorFunction(1, ([x]) => UNARY[name](l, x));
  return periodicFunction(l, name);
}

/** A function that other modules import; JavaScript can't call it, having no vectors. */
export type VectorFunction = ImportFunc;

const library = new Map<string, VectorFunction>();

/** The function `name` on vectors of `dtype`, compiled once. */
export const mathFunction = (name: MathName, dtype: LaneType): VectorFunction =>
  knownAt(library, `${name} ${dtype}`, () => {
    const run = functionOf(name, lanesOf(dtype));
    const exports = instantiate({ run });
    return { kind: 'importFunction', type: run.type, value: exports.run as () => void };
  });
