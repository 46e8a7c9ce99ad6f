/** What one look found. */
export type Finding =
  | { readonly status: 'ok'; readonly detail: string }
  /** It works, and something should be different. */
  | { readonly status: 'warning'; readonly detail: string; readonly remedy: string }
  | { readonly status: 'failed'; readonly detail: string; readonly remedy: string }
  /** It could not be looked at, or there is nothing to look at. */
  | { readonly status: 'skipped'; readonly detail: string };

/** One thing that has to be right, under a name that scripts and docs/cli.md know it by. */
export interface Check {
  readonly name: string;
  look(): Promise<Finding>;
}

export const ok = (detail: string): Finding => ({ status: 'ok', detail });
export const warning = (detail: string, remedy: string): Finding => ({ status: 'warning', detail, remedy });
export const failed = (detail: string, remedy: string): Finding => ({ status: 'failed', detail, remedy });
export const skipped = (detail: string): Finding => ({ status: 'skipped', detail });
