// scalar/table: objects with one entry for each name of a list.

/** `{ [name]: of(name), … }`. */
export const tableOf = <Name extends string, Entry>(
  names: readonly Name[],
  of: (name: Name) => Entry,
): Record<Name, Entry> =>
  Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, Entry>;
