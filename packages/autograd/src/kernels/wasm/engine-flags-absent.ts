// What stands in the place of Node's flags in bundles for a browser: it has none.

export const allowRelaxedSimd = (): boolean => false;
