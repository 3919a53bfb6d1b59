// Tensor floor: sums, products and quotients of sizes in the type system, and reshaping, which needs them.
//
// Sizes are long-hand decimals, lowest digit first: 784 is ['4', '8', '7'], and digits become tuples of
// their length where two are joined. (Tuples as long as the sizes themselves would end at 10,000.) What is
// unknown, fractional or too large gives `number`.
import type { Shape } from './shape.js';
import type { Shown, SizesMeet } from './typed-shape.js';

// ── Long-hand decimals ─────────────────────────────────────────────────────────────────────────────

interface Unary {
  '0': [];
  '1': [0];
  '2': [0, 0];
  '3': [0, 0, 0];
  '4': [0, 0, 0, 0];
  '5': [0, 0, 0, 0, 0];
  '6': [0, 0, 0, 0, 0, 0];
  '7': [0, 0, 0, 0, 0, 0, 0];
  '8': [0, 0, 0, 0, 0, 0, 0, 0];
  '9': [0, 0, 0, 0, 0, 0, 0, 0, 0];
}
type Digit = keyof Unary;
type Ten = [...Unary['9'], 0];

/** The digits of a size, lowest first; `never` where it has other characters (-1, 0.5, 1e21). */
type Digits<Text extends string, Out extends Digit[] = []> = Text extends `${infer D}${infer Rest}`
  ? D extends Digit
    ? Digits<Rest, [D, ...Out]>
    : never
  : Out;

/** The number that digits spell; `number` where it is too large to be printed with the same digits. */
type Spelt<D extends Digit[], Text extends string = ''> = D extends [
  infer Low extends Digit,
  ...infer Rest extends Digit[],
]
  ? Spelt<Rest, `${Low}${Text}`>
  : Trimmed<Text>;

type Trimmed<Text extends string> = Text extends `0${infer Rest extends `${Digit}${string}`}`
  ? Trimmed<Rest>
  : Text extends `${infer N extends number}`
    ? N
    : number;

type Result<D> = [D] extends [never] ? number : D extends Digit[] ? Spelt<D> : number;

/** The ones and the tens of a number below 100. */
type Split<N> = `${N & number}` extends infer Text
  ? Text extends Digit
    ? [Text, '0']
    : Text extends `${infer Tens extends Digit}${infer Ones extends Digit}`
      ? [Ones, Tens]
      : never
  : never;

type AddDigits<
  A extends Digit[],
  B extends Digit[],
  Carry extends Digit = '0',
  Out extends Digit[] = [],
> = A extends [infer X extends Digit, ...infer RestA extends Digit[]]
  ? B extends [infer Y extends Digit, ...infer RestB extends Digit[]]
    ? Split<[...Unary[X], ...Unary[Y], ...Unary[Carry]]['length']> extends [
        infer Low extends Digit,
        infer High extends Digit,
      ]
      ? AddDigits<RestA, RestB, High, [...Out, Low]>
      : never
    : Carry extends '0'
      ? [...Out, ...A]
      : AddDigits<A, [Carry], '0', Out>
  : Carry extends '0'
    ? [...Out, ...B]
    : AddDigits<B, [Carry], '0', Out>;

/** `Start` lengthened by U, once for each element of `Times`. */
type Repeated<U extends 0[], Times extends 0[], Start extends 0[]> = Times extends [
  0,
  ...infer Rest extends 0[],
]
  ? Repeated<U, Rest, [...Start, ...U]>
  : Start;

type TimesDigit<
  A extends Digit[],
  Y extends Digit,
  Carry extends Digit = '0',
  Out extends Digit[] = [],
> = A extends [infer X extends Digit, ...infer Rest extends Digit[]]
  ? Split<Repeated<Unary[X], Unary[Y], Unary[Carry]>['length']> extends [
      infer Low extends Digit,
      infer High extends Digit,
    ]
    ? TimesDigit<Rest, Y, High, [...Out, Low]>
    : never
  : Carry extends '0'
    ? Out
    : [...Out, Carry];

type TimesDigits<A extends Digit[], B extends Digit[]> = B extends [
  infer Y extends Digit,
  ...infer Rest extends Digit[],
]
  ? Rest extends []
    ? TimesDigit<A, Y>
    : AddDigits<TimesDigit<A, Y>, ['0', ...TimesDigits<A, Rest>]>
  : [];

/** A − B, or `never` where B is the larger. */
type Minus<
  A extends Digit[],
  B extends Digit[],
  Borrow extends 0[] = [],
  Out extends Digit[] = [],
> = A extends [infer X extends Digit, ...infer RestA extends Digit[]]
  ? B extends [infer Y extends Digit, ...infer RestB extends Digit[]]
    ? MinusDigit<X, Y, Borrow> extends [infer D extends Digit, infer Next extends 0[]]
      ? Minus<RestA, RestB, Next, [...Out, D]>
      : never
    : Borrow extends []
      ? [...Out, ...A]
      : Minus<A, ['1'], [], Out>
  : B extends '0'[]
    ? Borrow extends []
      ? Out
      : never
    : never;

type MinusDigit<X extends Digit, Y extends Digit, Borrow extends 0[]> = Unary[X] extends [
  ...Unary[Y],
  ...Borrow,
  ...infer D extends 0[],
]
  ? [`${D['length'] & number}`, []]
  : [...Unary[X], ...Ten] extends [...Unary[Y], ...Borrow, ...infer D extends 0[]]
    ? [`${D['length'] & number}`, [0]]
    : never;

/** How often B can be taken from A, a digit, and what is left. */
type Taken<A extends Digit[], B extends Digit[], Times extends 0[] = []> = [Minus<A, B>] extends [
  infer Less extends Digit[],
]
  ? [Less] extends [never]
    ? [`${Times['length'] & number}`, A]
    : Taken<Less, B, [...Times, 0]>
  : never;

/** Long division, from the highest digit of the dividend; `never` where something is left. */
type Divided<
  Text extends string,
  B extends Digit[],
  Left extends Digit[] = [],
  Out extends Digit[] = [],
> = Text extends `${infer D extends Digit}${infer Rest}`
  ? Taken<[D, ...Left], B> extends [infer Q extends Digit, infer R extends Digit[]]
    ? Divided<Rest, B, R, [Q, ...Out]>
    : never
  : Left extends '0'[]
    ? Out
    : never;

// ── Sizes ──────────────────────────────────────────────────────────────────────────────────────────

/** A + B. */
export type Sum<A extends number, B extends number> = number extends A | B
  ? number
  : Result<AddDigits<Digits<`${A}`>, Digits<`${B}`>>>;

/** A · B. */
export type Product<A extends number, B extends number> = number extends A | B
  ? number
  : A extends 1
    ? B
    : B extends 1
      ? A
      : Result<TimesDigits<Digits<`${A}`>, Digits<`${B}`>>>;

/** A / B, or `never` where that is no integer. B is not 0. */
export type Quotient<A extends number, B extends number> = number extends A | B
  ? number
  : B extends 1
    ? A
    : Divided<`${A}`, Digits<`${B}`>> extends infer D extends Digit[]
      ? [D] extends [never]
        ? never
        : Spelt<D>
      : never;

/** The number of elements of a shape. */
export type Count<S extends Shape, Out extends number = 1> = number extends S['length'] | S[number]
  ? number
  : 0 extends S[number]
    ? 0
    : S extends readonly [infer N extends number, ...infer Rest extends Shape]
      ? Count<Rest, Product<Out, N>>
      : Out;

// ── Reshaping ──────────────────────────────────────────────────────────────────────────────────────

/** S and T without the sizes that they share: [32, 28, 28] and [32, 784] → [[28, 28], [784]]. */
type Cancelled<S extends Shape, T extends Shape, Kept extends number[] = []> = T extends readonly [
  infer N extends number,
  ...infer Rest extends Shape,
]
  ? [Without<S, N>] extends [infer Less extends Shape]
    ? [Less] extends [never]
      ? Cancelled<S, Rest, [...Kept, N]>
      : Cancelled<Less, Rest, Kept>
    : never
  : [S, Kept];

/** S without its first N; `never` where it has none. */
type Without<S extends Shape, N extends number, Front extends number[] = []> = S extends readonly [
  infer X extends number,
  ...infer Rest extends Shape,
]
  ? X extends N
    ? [...Front, ...Rest]
    : Without<Rest, N, [...Front, X]>
  : never;

/** T with `Size` in place of -1. */
type Filled<T extends Shape, Size extends number, Out extends number[] = []> = T extends readonly [
  infer N extends number,
  ...infer Rest extends Shape,
]
  ? Filled<Rest, Size, [...Out, N extends -1 ? Size : N]>
  : Out;

/** What -1 stands for in T; `never` where the other sizes do not divide the elements of S. */
type Computed<S extends Shape, T extends Shape> = number extends S['length'] | S[number] | T[number]
  ? number
  : 0 extends T[number]
    ? number
    : Cancelled<S, Filled<T, 1>> extends [infer Elements extends Shape, infer Divisor extends Shape]
      ? Quotient<Count<Elements>, Count<Divisor>>
      : number;

/** The shape that a reshape to T gives: -1 is computed where S is known, and is `number` where not. */
export type ReshapedTo<S extends Shape, T extends Shape> = number extends T['length']
  ? number[]
  : -1 extends T[number]
    ? Filled<T, Computed<S, T>>
    : [...T];

type Minuses<T extends Shape, Out extends 0[] = []> = T extends readonly [
  infer N,
  ...infer Rest extends Shape,
]
  ? Minuses<Rest, N extends -1 ? [...Out, 0] : Out>
  : Out['length'];

/** `true` where two shapes have, or may have, equally many elements. */
type CountsMeet<S extends Shape, T extends Shape> = 0 extends S[number]
  ? 0 extends T[number]
    ? true
    : false
  : Cancelled<S, T> extends [infer RestS extends Shape, infer RestT extends Shape]
    ? SizesMeet<Count<RestS>, Count<RestT>>
    : true;

/**
 * `reshape: [2,3] has 6 elements, [4,2] has 8`, or `reshape: the 6 elements of [2,3] do not divide into
 * [4,-1]`, or a sentence on more than one -1; `never` where all is well or unknown.
 */
export type ReshapeProblem<S extends Shape, T extends Shape> = number extends
  | S['length']
  | S[number]
  | T['length']
  | T[number]
  ? never
  : -1 extends T[number]
    ? Minuses<T> extends 1
      ? [Computed<S, T>] extends [never]
        ? `reshape: the ${Count<S>} elements of ${Shown<S>} do not divide into ${Shown<T>}`
        : never
      : `reshape: only one size can be -1, got ${Shown<T>}`
    : CountsMeet<S, T> extends true
      ? never
      : `reshape: ${Shown<S>} has ${Count<S>} elements, ${Shown<T>} has ${Count<T>}`;
