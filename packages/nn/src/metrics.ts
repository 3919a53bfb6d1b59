// metrics.

export {};
