// regularization.

export {};
