import type { Artifact } from '../result/artifacts.ts';
import type { Hiring } from '../hiring/hiring.ts';
import type { AgentId, HiringId } from '../hiring/ids.ts';
import type { Settlement } from '../hiring/settlement.ts';

/** What a read of one hiring gave. */
export type HiringRead =
  | {
      readonly kind: 'found';
      readonly hiring: Hiring;
      readonly source: 'rest' | 'mcp';
      /** The same hiring as the agent's other authenticated sources show it, where those were asked for. */
      readonly others?: readonly Hiring[] | undefined;
    }
  /** A 404 for the hiring itself, agreed by a second source: nobody bought this. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'unauthorized'; readonly problem: string }
  /** The answer is not what the reference says; `evidence` is kept, without credentials. */
  | { readonly kind: 'malformed'; readonly problem: string; readonly evidence: string }
  | { readonly kind: 'unavailable'; readonly problem: string; readonly retryAfterMs?: number | undefined };

/** What a hiring is read for. */
export type ReadPurpose = 'every_source' | 'unconfirmed' | 'new' | 'settling' | 'ended';

/** What became of one settlement request; `by` names the way it was sent, where it was sent at all. */
export type SettleOutcome = SettleAnswer & { readonly by?: 'rest' | 'mcp' | undefined };

type SettleAnswer =
  /** Its answer shows the hiring at the end that was asked for. */
  | { readonly kind: 'accepted' }
  /** It says that it took it, or says nothing: only a read of the hiring is success. */
  | { readonly kind: 'unconfirmed'; readonly problem: string }
  /** It says that it took it and will come to it: nothing is sent for a long while, and reads show what came of it. */
  | { readonly kind: 'queued'; readonly problem: string }
  /** 404 or 409: the hiring may be over. Means "read it", never "done" on its own. */
  | { readonly kind: 'over'; readonly problem: string }
  /** Not now, and certainly not applied: the same request may be sent again after the wait. */
  | { readonly kind: 'later'; readonly problem: string; readonly retryAfterMs?: number | undefined }
  /** Nothing came of it, because that way does not take it; another one is open, and is taken after a read. */
  | { readonly kind: 'other_way'; readonly problem: string }
  | { readonly kind: 'unauthorized'; readonly problem: string }
  /** Definitely not applied, and the same request never will be; in the older form it may be. */
  | {
      readonly kind: 'refused';
      readonly problem: string;
      readonly tryOlderForm?: boolean | undefined;
      /** True where it is the size of the request that is refused. */
      readonly tooLarge?: boolean | undefined;
    }
  /** Nobody knows whether it was applied: read the hiring before anything is sent again. */
  | { readonly kind: 'unknown'; readonly problem: string };

/** What became of a message to the hirer. */
export type MessageOutcome =
  | { readonly kind: 'delivered' }
  /** `taken` where the marketplace says that it has it, and does not show it among the messages. */
  | { readonly kind: 'not_delivered'; readonly problem: string; readonly taken?: boolean | undefined };

/** What became of one batch of artifacts. */
export type UploadOutcome =
  /** In the order of the batch; undefined where the answer does not say the id. */
  | { readonly kind: 'uploaded'; readonly ids: readonly (string | undefined)[] }
  /** The marketplace takes no artifacts. */
  | { readonly kind: 'unsupported'; readonly problem: string }
  /** The hiring may be over. */
  | { readonly kind: 'over'; readonly problem: string }
  | { readonly kind: 'later'; readonly problem: string; readonly retryAfterMs?: number | undefined }
  | { readonly kind: 'unauthorized'; readonly problem: string }
  | { readonly kind: 'refused'; readonly problem: string }
  /** Definitely not applied: the request is larger than the marketplace, or a proxy in front of it, takes. */
  | { readonly kind: 'too_large'; readonly problem: string }
  /** Nobody knows whether it arrived: read the list before it is sent again. `taken` where it says that it has it. */
  | { readonly kind: 'unknown'; readonly problem: string; readonly taken?: boolean | undefined };

/** An artifact as the marketplace has it. */
export interface UploadedArtifact {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes?: number | undefined;
}

export type ArtifactList =
  | { readonly kind: 'artifacts'; readonly artifacts: readonly UploadedArtifact[] }
  | { readonly kind: 'unavailable'; readonly problem: string };

/** What the marketplace gives of an artifact when it is asked for its bytes. */
export type ArtifactDigest =
  | { readonly kind: 'digest'; readonly sizeBytes: number; readonly sha256: string }
  /** It gives more than was asked for. */
  | { readonly kind: 'too_large' }
  /** It has no such artifact. */
  | { readonly kind: 'absent'; readonly problem: string }
  | { readonly kind: 'unavailable'; readonly problem: string; readonly retryAfterMs?: number | undefined };

/** What is said to a hirer. */
export interface HirerMessage {
  readonly kind: 'notice' | 'progress' | 'question';
  /** Longer than the marketplace allows, it is sent in several parts. */
  readonly text: string;
  /** The same key says it once. */
  readonly idempotencyKey: string;
  /** True when it was tried before: it may have arrived, so a read comes first. */
  readonly again?: boolean | undefined;
}

/** The marketplace, as one agent sees it (Agrenting API reference, 5). */
export interface Marketplace {
  /**
   * Reads one hiring under the agent's own key; falls back to MCP where REST cannot say. With `every source` what the
   * session and the pending list say of it stands beside that. What a read is for decides what it leaves of the agent's
   * requests to others: one before a settlement (`settling`) nothing, one of a `new` hiring a part to those, any other a
   * larger part, and one of a hiring that only a webhook spoke of (`unconfirmed`), or that is over (`ended`), the largest.
   */
  readHiring(agentId: AgentId, hiringId: HiringId, ask?: ReadPurpose): Promise<HiringRead>;
  /** Sends one settlement, once and by one way: by REST these bytes under this key, or by MCP what they say. */
  settle(agentId: AgentId, hiringId: HiringId, settlement: Settlement): Promise<SettleOutcome>;
  /** Uploads at most 50 artifacts (Agrenting API reference, 10). The same artifacts go under the same key. */
  upload(agentId: AgentId, hiringId: HiringId, artifacts: readonly Artifact[]): Promise<UploadOutcome>;
  /** The artifacts of a hiring. */
  artifacts(agentId: AgentId, hiringId: HiringId): Promise<ArtifactList>;
  /** Reads an artifact of the hiring, of at most `maxBytes`, and gives the SHA-256 of its bytes. */
  artifactDigest(
    agentId: AgentId,
    hiringId: HiringId,
    artifactId: string,
    maxBytes: number,
  ): Promise<ArtifactDigest>;
  /** Says something to the hirer. */
  sendMessage(agentId: AgentId, hiringId: HiringId, message: HirerMessage): Promise<MessageOutcome>;
  /** What the marketplace wants its agents to know (Agrenting API reference, 7.9); undefined when it does not say. */
  context(agentId: AgentId): Promise<string | undefined>;
}
