export type BegunCommand =
  /** Nobody gave this id before: it is yours to carry out. */
  | { readonly kind: 'new' }
  /** It took effect; this was the answer. */
  | { readonly kind: 'done'; readonly answer: string }
  /** It is under way, or its process died before it was answered. */
  | { readonly kind: 'underway' }
  /** The id was given for something else. */
  | { readonly kind: 'other' };

/** Commands of operators by their ids. */
export interface CommandLog {
  /** Takes an id for what a digest says; the caller that gets `new` carries it out, once. */
  begin(id: string, digest: string, nowMs: number): Promise<BegunCommand>;
  finish(id: string, answer: string): Promise<void>;
  /** Gives an id back of what was not begun. */
  forget(id: string): Promise<void>;
}
