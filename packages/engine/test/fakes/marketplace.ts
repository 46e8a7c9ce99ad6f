import type {
  AgentId,
  Artifact,
  ArtifactDigest,
  ArtifactList,
  HirerMessage,
  Hiring,
  HiringId,
  HiringMessage,
  HiringRead,
  Marketplace,
  SettleOutcome,
  Settlement,
  MessageOutcome,
  UploadOutcome,
} from '@agrenting-hiclaw/core/domain';

/** What the fake does with the next settlement. */
export type SettleFault =
  | 'lost before'
  | 'lost after'
  | 'later'
  | 'refused'
  /** It takes the older form only. */
  | 'older form'
  | 'unauthorized'
  | 'settled elsewhere'
  /** It says that it took it, and did not. */
  | 'taken for nothing'
  /** It took it, and does not say so. */
  | 'taken without a word'
  /** That way takes nothing; the other one does. */
  | 'other way';

interface Listing {
  hiring: Hiring;
  traceAttempt: number;
  readonly artifacts: { readonly id: string; readonly name: string; readonly artifact: Artifact }[];
}

/** A marketplace that keeps what it gets and serves it back. */
export class FakeMarketplace implements Marketplace {
  readonly #listings = new Map<HiringId, Listing>();
  readonly #answered = new Map<string, string>();
  /** Every settlement that was applied. */
  readonly applied: { hiringId: HiringId; traceAttempt: number; settlement: Settlement }[] = [];
  /** Every settlement that arrived. */
  readonly arrived: Settlement[] = [];
  readonly told: string[] = [];
  readonly tells: HirerMessage[] = [];
  readonly messageFaults: string[] = [];
  readonly uploads: (readonly Artifact[])[] = [];
  /** `dies after`: it has the files, and the process that sent them dies before noting it. */
  readonly uploadFaults: ('lost before' | 'lost after' | 'dies after' | 'unsupported' | 'over')[] = [];
  /** Called once, when something was uploaded. */
  afterFirstUpload: (() => void) | undefined;
  /** It stores what is uploaded, and never says where. */
  namesNoIds = false;
  contextText: string | undefined;
  readonly settleFaults: SettleFault[] = [];
  /** How often the hiring had been read, at each try to settle it. */
  readonly settleAtReads: number[] = [];
  /** Answers every read instead of the truth, while set. */
  readFault: Exclude<HiringRead, { kind: 'found' }> | undefined;
  reads = 0;

  hire(hiring: Hiring): void {
    this.#listings.set(hiring.hiringId, {
      hiring: { ...hiring, status: 'in_progress' },
      traceAttempt: 1,
      artifacts: [],
    });
  }

  setStatus(hiringId: HiringId, status: string): void {
    const listing = this.#listing(hiringId);
    listing.hiring = { ...listing.hiring, status };
  }

  retry(hiringId: HiringId): void {
    this.#listing(hiringId).traceAttempt += 1;
    this.setStatus(hiringId, 'in_progress');
  }

  hiringOf(hiringId: HiringId): Hiring {
    return this.#listing(hiringId).hiring;
  }

  statusOf(hiringId: HiringId): string {
    return this.#listing(hiringId).hiring.status;
  }

  async readHiring(_agentId: AgentId, hiringId: HiringId): Promise<HiringRead> {
    this.reads += 1;
    if (this.readFault !== undefined) return this.readFault;
    const listing = this.#listings.get(hiringId);
    if (listing === undefined) return { kind: 'absent' };
    const marker = { traceAttempt: listing.traceAttempt };
    return { kind: 'found', hiring: { ...listing.hiring, marker }, source: 'rest' };
  }

  async settle(_agentId: AgentId, hiringId: HiringId, settlement: Settlement): Promise<SettleOutcome> {
    this.settleAtReads.push(this.reads);
    if (this.settleFaults[0] === 'other way') {
      this.settleFaults.shift();
      return { kind: 'other_way', problem: 'planted: other way' };
    }
    this.arrived.push(settlement);
    const fault = this.settleFaults.shift();
    const problem = `planted: ${fault ?? 'none'}`;
    switch (fault) {
      case 'lost before':
        return { kind: 'unknown', problem };
      case 'later':
        return { kind: 'later', problem, retryAfterMs: 7000 };
      case 'refused':
      case 'unauthorized':
        return { kind: fault, problem };
      case 'older form':
        return { kind: 'refused', problem, tryOlderForm: true };
      case 'other way':
        return { kind: 'other_way', problem };
      case 'taken for nothing':
        return { kind: 'unconfirmed', problem };
      case 'taken without a word':
        this.#apply(hiringId, settlement);
        return { kind: 'unconfirmed', problem };
      case 'settled elsewhere':
        this.setStatus(hiringId, 'completed');
        return { kind: 'over', problem };
      case 'lost after':
        this.#apply(hiringId, settlement);
        return { kind: 'unknown', problem };
      case undefined:
        return this.#apply(hiringId, settlement);
    }
  }

  async upload(
    _agentId: AgentId,
    hiringId: HiringId,
    artifacts: readonly Artifact[],
  ): Promise<UploadOutcome> {
    this.uploads.push(artifacts);
    const fault = this.uploadFaults.shift();
    const problem = `planted: ${fault ?? 'none'}`;
    switch (fault) {
      case 'lost before':
        return { kind: 'unknown', problem };
      case 'unsupported':
      case 'over':
        return { kind: fault, problem };
      case 'lost after':
        this.#keep(hiringId, artifacts);
        return { kind: 'unknown', problem };
      case 'dies after':
        this.#keep(hiringId, artifacts);
        throw new Error(problem);
      case undefined: {
        const ids = this.#keep(hiringId, artifacts);
        return { kind: 'uploaded', ids: this.namesNoIds ? ids.map(() => undefined) : ids };
      }
    }
  }

  async artifacts(_agentId: AgentId, hiringId: HiringId): Promise<ArtifactList> {
    if (this.namesNoIds) return { kind: 'artifacts', artifacts: [] };
    const { artifacts } = this.#listing(hiringId);
    const listed = artifacts.map(({ id, name, artifact: { sizeBytes } }) => ({ id, name, sizeBytes }));
    return { kind: 'artifacts', artifacts: listed };
  }

  async artifactDigest(
    _agentId: AgentId,
    hiringId: HiringId,
    artifactId: string,
    maxBytes: number,
  ): Promise<ArtifactDigest> {
    const found = this.#listing(hiringId).artifacts.find(({ id }) => id === artifactId);
    if (found === undefined) return { kind: 'absent', problem: `there is no ${artifactId}` };
    const { sizeBytes, sha256 } = found.artifact;
    return sizeBytes > maxBytes ? { kind: 'too_large' } : { kind: 'digest', sizeBytes, sha256 };
  }

  async context(): Promise<string | undefined> {
    return this.contextText;
  }

  /** The artifacts of a hiring as they were uploaded. */
  artifactsOf(hiringId: HiringId): readonly Artifact[] {
    return this.#listing(hiringId).artifacts.map(({ artifact }) => artifact);
  }

  /** Those that a settlement names. */
  artifactsById(hiringId: HiringId, ids: readonly string[]): readonly Artifact[] {
    const named = this.#listing(hiringId).artifacts.filter(({ id }) => ids.includes(id));
    return named.map(({ artifact }) => artifact);
  }

  /** The hirer, or we, say something. */
  say(hiringId: HiringId, message: HiringMessage): void {
    const listing = this.#listing(hiringId);
    listing.hiring = { ...listing.hiring, messages: [...(listing.hiring.messages ?? []), message] };
  }

  #keep(hiringId: HiringId, artifacts: readonly Artifact[]): string[] {
    const listing = this.#listing(hiringId);
    const ids = artifacts.map((artifact) => {
      const id = `artifact-${listing.artifacts.length + 1}`;
      listing.artifacts.push({ id, name: artifact.name, artifact });
      return id;
    });
    this.afterFirstUpload?.();
    this.afterFirstUpload = undefined;
    return ids;
  }

  async sendMessage(_agentId: AgentId, _hiringId: HiringId, message: HirerMessage): Promise<MessageOutcome> {
    const problem = this.messageFaults.shift();
    if (problem !== undefined) return { kind: 'not_delivered', problem };
    this.tells.push(message);
    this.told.push(message.text);
    return { kind: 'delivered' };
  }

  #apply(hiringId: HiringId, settlement: Settlement): SettleOutcome {
    const known = this.#answered.get(settlement.idempotencyKey);
    if (known !== undefined && known !== settlement.body) return { kind: 'refused', problem: 'mismatch' };
    if (known !== undefined) return { kind: 'accepted' };
    const listing = this.#listing(hiringId);
    if (listing.hiring.status !== 'in_progress') return { kind: 'over', problem: listing.hiring.status };
    this.#answered.set(settlement.idempotencyKey, settlement.body);
    this.applied.push({ hiringId, traceAttempt: listing.traceAttempt, settlement });
    this.setStatus(hiringId, settlement.endpoint === 'result' ? 'completed' : 'failed');
    return { kind: 'accepted' };
  }

  #listing(hiringId: HiringId): Listing {
    const listing = this.#listings.get(hiringId);
    if (listing === undefined) throw new Error(`no hiring ${hiringId}`);
    return listing;
  }
}
