// What a report shows, as plain values: the page and its charts know nothing of tensors or of training.

/** A column of the table that was learnt from. */
export interface ColumnRow {
  readonly name: string;
  /** What became of it: `target`, `feature` or the reason why it was left out. */
  readonly role: string;
  readonly contents: string;
  readonly missing: number;
}

/** The norms of one layer's gradients, a figure an epoch. */
export interface LayerNorms {
  /** Such as `layer 2 (16 → 3)`. */
  readonly name: string;
  readonly delta: readonly number[];
  readonly weight: readonly number[];
}

/** Test samples counted by their class (row) and the class predicted (column). */
export interface ClassCounts {
  readonly kind: 'classes';
  readonly target: string;
  readonly classes: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** Test samples' numbers as they are and as they were predicted, in the target's own unit. */
export interface NumberPairs {
  readonly kind: 'numbers';
  readonly target: string;
  readonly actual: readonly number[];
  readonly predicted: readonly number[];
}

/** The tape's gradients beside the closed form's. */
export interface Comparison {
  readonly loss: string;
  readonly samples: number;
  readonly rows: readonly {
    readonly layer: number;
    readonly quantity: string;
    readonly shape: readonly number[];
    readonly absolute: number;
    readonly relative: number;
  }[];
  readonly largest: number;
}

export interface ReportContent {
  readonly title: string;
  /** One or two sentences on what was done. */
  readonly lead: string;
  /** The few numbers to be seen first. */
  readonly headlines: readonly { readonly value: string; readonly label: string }[];
  /** How it was run, as pairs of name and value. */
  readonly settings: readonly (readonly [string, string])[];
  readonly rowsInFile: number;
  readonly rowsUsed: number;
  readonly columns: readonly ColumnRow[];
  /** The loss an epoch, of the training samples and, where some were held back, of those. */
  readonly loss: readonly number[];
  readonly validationLoss: readonly number[];
  readonly lossName: string;
  readonly norms: readonly LayerNorms[];
  readonly test: ClassCounts | NumberPairs;
  readonly comparison: Comparison;
}
