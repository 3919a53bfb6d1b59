// What tests of refusals share: an error as `Class: message`, so that both are compared at once.

/** What `fn` throws, as text; fails if it throws nothing. */
export function refusal(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    return String(error);
  }
  throw new Error('nothing was thrown');
}

/** What a promise is rejected with, as text; fails if it isn't. */
export async function rejection(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return String(error);
  }
  throw new Error('nothing was thrown');
}
