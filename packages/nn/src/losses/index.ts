// Losses.

export {};
