// Where operating systems keep their BLAS, and what the user has to say about it.

type Environment = Readonly<Record<string, string | undefined>>;

/** What RETROGRAD_BLAS asks for: a library by its path or name, none at all, or nothing in particular. */
export type Wish =
  | { readonly kind: 'any' }
  | { readonly kind: 'off' }
  | { readonly kind: 'path'; readonly path: string };

export function wishOf(environment: Environment): Wish {
  const value = environment.RETROGRAD_BLAS?.trim() ?? '';
  if (value === '') return { kind: 'any' };
  return value === 'off' ? { kind: 'off' } : { kind: 'path', path: value };
}

const LINUX = [
  'libopenblas.so.0',
  'libopenblas.so',
  'libblis.so.4',
  'libblis.so',
  'libmkl_rt.so.2',
  'libmkl_rt.so',
  '/opt/OpenBLAS/lib/libopenblas.so',
  '/opt/intel/oneapi/mkl/latest/lib/libmkl_rt.so.2',
];

const APPLE = [
  '/System/Library/Frameworks/Accelerate.framework/Accelerate',
  '/opt/homebrew/opt/openblas/lib/libopenblas.dylib',
  '/usr/local/opt/openblas/lib/libopenblas.dylib',
];

const WINDOWS = ['libopenblas.dll', 'openblas.dll', 'mkl_rt.2.dll', 'mkl_rt.dll', 'libblis.dll'];

/** What to try, in this order. Names without a folder are looked up where the system's loader looks. */
export function candidates(platform: string, environment: Environment): readonly string[] {
  const conda = environment.CONDA_PREFIX;
  switch (platform) {
    case 'darwin':
      return APPLE;
    case 'win32':
      return conda === undefined
        ? WINDOWS
        : [
            ...WINDOWS,
            `${conda}\\Library\\bin\\openblas.dll`,
            `${conda}\\Library\\bin\\mkl_rt.2.dll`,
          ];
    default:
      return conda === undefined
        ? LINUX
        : [...LINUX, `${conda}/lib/libopenblas.so.0`, `${conda}/lib/libmkl_rt.so.2`];
  }
}
