export type ControllerAnswer =
  | { readonly kind: 'answer'; readonly body: unknown }
  /** There is no such worker or human. */
  | { readonly kind: 'absent'; readonly problem: string }
  /** `problem` says what to do. */
  | { readonly kind: 'failed'; readonly problem: string };

export type ResourceKind = 'Worker' | 'Human';

/** HiClaw's controller, from 1.1 on: what it manages, and what it can be told (HiClaw reference, 6.3). */
export interface Controller {
  /** Whether a worker is shown with its channel policy. */
  readonly showsPolicies: boolean;
  /** Every worker, or one resource by its name. */
  get(kind: ResourceKind, name?: string): Promise<ControllerAnswer>;
  /** Has a worker woken, without waiting for it, or put to sleep. */
  act(worker: string, action: 'ensure-ready' | 'sleep'): Promise<ControllerAnswer>;
  /** Changes what is given of a worker, or makes a human; nothing else of the resource changes. */
  apply(kind: ResourceKind, name: string, spec: Readonly<Record<string, unknown>>): Promise<ControllerAnswer>;
}
