import type { MatrixSession, SeenEvent } from './matrix-session.ts';
import type { TaskProtocol } from './tasks/protocol.ts';

/** Says one text in a room, as the runtime does: whole, in pieces, or by editing a placeholder. */
export type Speaker = (session: MatrixSession, roomId: string, text: string) => Promise<void>;

/** What makes one kind of worker differ from another (HiClaw reference, 2 to 4 and 10.4). */
export interface WorkerTraits {
  readonly name: string;
  /** As in workers-registry.json (HiClaw reference, 6.1). */
  readonly runtime: 'openclaw' | 'copaw' | 'qwenpaw';
  /** Whether a message in a room of several is for it. */
  readonly mentions: (content: SeenEvent['content'], body: string, userId: string) => boolean;
  /** Whether an edit of a message is nothing new. */
  readonly dropsEdits: boolean;
  /** Whether only plain text counts, or whatever has a body. */
  readonly plainTextOnly: boolean;
  /** When it shows that it has read a message: never, when it will answer, or before it looks who sent it. */
  readonly receipts: 'never' | 'accepted' | 'before the allow-list';
  /**
   * What it hears of what was said while it was off: all since its saved place and nothing without one, or what is
   * younger than so many milliseconds at its start.
   */
  readonly backlog: 'since its place' | { readonly youngerThanMs: number };
  /** When it reads its settings, and with them whom it listens to. */
  readonly readsSettings: 'with each pull' | 'at its start';
  /** Whether `shared/` is mirrored again and again, or only what a task needs when it is taken. */
  readonly pullsShared: 'periodically' | 'for a task';
  /** Whether it answers a readiness check automatically, before it looks who asks. */
  readonly answersReadinessCheck: boolean;
  /** Whether `/clear` makes it forget the conversation. */
  readonly clears: boolean;
  /** Where its conversations are kept, beneath its own folder; nowhere that storage would show when it is left out. */
  readonly sessionFolder?: string | undefined;
  readonly protocol: TaskProtocol;
  readonly say: Speaker;
}
