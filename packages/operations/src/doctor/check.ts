/** Another system that checks ask. */
export const DEPENDENCIES = ['marketplace', 'homeserver', 'storage'] as const;
export type Dependency = (typeof DEPENDENCIES)[number];

/** What one look found. */
export type Finding =
  | { readonly status: 'ok'; readonly detail: string }
  /** It works, and something should be different. */
  | { readonly status: 'warning'; readonly detail: string; readonly remedy: string }
  | {
      readonly status: 'failed';
      readonly detail: string;
      readonly remedy: string;
      /** Set where the cause is that this does not answer: another try later may find it well. */
      readonly away?: Dependency | undefined;
    }
  /** It could not be looked at, or there is nothing to look at. */
  | {
      readonly status: 'skipped';
      readonly detail: string;
      /** Set where it was not looked at because this cannot be used. */
      readonly away?: Dependency | undefined;
    };

/** One thing that has to be right, under a name that scripts and docs/cli.md know it by. */
export interface Check {
  readonly name: string;
  /** What it asks: where that cannot be used, it is not made. */
  readonly asks?: Dependency | undefined;
  /** It is the check that says whether this answers. */
  readonly speaksFor?: Dependency | undefined;
  /** It may take as long as it needs, such as starting a worker. */
  readonly takesLong?: boolean | undefined;
  look(): Promise<Finding>;
}

export const ok = (detail: string): Finding => ({ status: 'ok', detail });
export const warning = (detail: string, remedy: string): Finding => ({ status: 'warning', detail, remedy });
export const failed = (detail: string, remedy: string): Finding => ({ status: 'failed', detail, remedy });
export const skipped = (detail: string): Finding => ({ status: 'skipped', detail });
