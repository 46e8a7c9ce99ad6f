/** One deed by the operator's API, done or refused. */
export interface AuditEntry {
  readonly atMs: number;
  /** The name of the token; empty for somebody unknown. */
  readonly who: string;
  readonly role: string;
  readonly action: string;
  /** What it was about: an id or a name of ours. */
  readonly subject: string;
  readonly commandId: string | undefined;
  readonly outcome: string;
  /** The address that it came from. */
  readonly client: string;
}

export interface AuditLog {
  note(entry: AuditEntry): Promise<void>;
  /** The newest first, behind a sequence. */
  page(
    before: number | undefined,
    limit: number,
  ): Promise<readonly (AuditEntry & { readonly sequence: number })[]>;
}
