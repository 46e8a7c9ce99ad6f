/** A session of the operator's web page. */
export interface ConsoleSession {
  /** Of the secret that the page keeps. */
  readonly digest: string;
  readonly tokenHash: string;
  readonly openedAtMs: number;
  readonly untilMs: number;
}

export interface ConsoleSessions {
  open(session: ConsoleSession): Promise<void>;
  find(digest: string, nowMs: number): Promise<ConsoleSession | undefined>;
  close(digest: string): Promise<void>;
}
