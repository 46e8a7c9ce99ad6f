import type { Agent, Agents } from './agents.ts';
import { storedArtifact, type Artifact, type NewArtifact } from './artifacts.ts';
import type { Clock } from './clock.ts';
import type { Hiring, HiringMessage, HiringStatus } from './hiring.ts';
import { isOver } from './hiring.ts';
import type { HireBody, HireExtras } from './hire-body.ts';
import { newId } from './identifiers.ts';
import type { Ledger } from './ledger.ts';
import type { Limits } from './limits.ts';
import { accepted, invalid, notFound, refused, type Outcome } from './refusal.ts';
import type { SwitchBoard } from './switches.ts';
import type { User } from './users.ts';

export interface HiringEvent {
  kind: 'status' | 'message' | 'chunk';
  hiring: Hiring;
  from: HiringStatus | null;
}

/** How a dispute ends (Agrenting API reference, 11.3); `ownerCents` is the owner's part of the price, fee included. */
export type DisputeEnd =
  | { outcome: 'release' }
  | { outcome: 'refund' }
  | { outcome: 'split'; ownerCents: number };

export type HiringListener = (event: HiringEvent) => void;

const defaultDeadlineMs = 26 * 60 * 60_000;

/** All hirings, and every way one changes. Money moves here together with the status, never beside it. */
export class Hirings {
  readonly #clock: Clock;
  /** Hirings whose dispute was decided for their owner: what was split is not disputed again. */
  readonly #decided = new Set<string>();
  readonly #ledger: Ledger;
  readonly #agents: Agents;
  readonly #switches: SwitchBoard;
  readonly #limits: Limits;
  readonly #byId = new Map<string, Hiring>();
  /** Hirer and `client_idempotency_key` to the hiring and the request that made it. */
  readonly #byClientKey = new Map<string, { hiringId: string; fingerprint: string }>();
  readonly #listeners = new Set<HiringListener>();

  constructor(clock: Clock, ledger: Ledger, agents: Agents, switches: SwitchBoard, limits: Limits) {
    this.#clock = clock;
    this.#ledger = ledger;
    this.#agents = agents;
    this.#switches = switches;
    this.#limits = limits;
  }

  /** Hears of every change after it was made; the returned function stops that. */
  onChange(listener: HiringListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  byId(id: string): Hiring | undefined {
    return this.#byId.get(id);
  }

  list(): Hiring[] {
    return [...this.#byId.values()];
  }

  /**
   * Holds the price and queues the hiring; the availability probe follows automatically (Agrenting API reference, 5.1, 6.3).
   * A repeated `client_idempotency_key` gives the hiring that it made, or 422 if the request differs.
   */
  create(
    hirer: User,
    agent: Agent,
    body: HireBody,
    extras: HireExtras = {},
  ): Outcome<{ hiring: Hiring; created: boolean }> {
    const clientKey =
      body.client_idempotency_key === undefined ? undefined : `${hirer.id} ${body.client_idempotency_key}`;
    const fingerprint = JSON.stringify([agent.id, body]);
    const earlier = clientKey === undefined ? undefined : this.#byClientKey.get(clientKey);
    const repeated = earlier === undefined ? undefined : this.#byId.get(earlier.hiringId);
    if (earlier !== undefined && repeated !== undefined) {
      if (earlier.fingerprint === fingerprint) return accepted({ hiring: repeated, created: false });
      return refused(422, 'IDEMPOTENCY_MISMATCH', 'client_idempotency_key was used for another hire');
    }
    const hirable = listed(agent);
    if (!hirable.ok) return hirable;
    const wanted = body.capability_requested ?? body.capability ?? agent.capabilities[0] ?? '';
    if (!agent.capabilities.some((offered) => offered.toLowerCase() === wanted.toLowerCase())) {
      return invalid({ capability_requested: ['is not among the capabilities of the agent'] });
    }
    const priceCents = body.price ?? agent.basePriceCents;
    if (priceCents < agent.basePriceCents) return invalid({ price: ['is below the base price'] });
    const full = this.#makeRoom();
    if (full !== undefined) return full;

    const id = newId();
    const held = this.#ledger.hold(hirer.id, id, priceCents);
    if (!held.ok) return held;
    const now = this.#timestamp();
    const hiring: Hiring = {
      id,
      status: extras.payment === 'async' ? 'paid' : 'queued',
      dispatchId: newId(),
      traceAttempt: 1,
      agentId: agent.id,
      hirerId: hirer.id,
      priceCents,
      capabilityRequested: wanted,
      taskDescription: body.task_description,
      deliveryMode: body.delivery_mode ?? 'output',
      repoUrl: body.repo_url ?? null,
      repoAccessToken: body.repo_access_token ?? null,
      taskInput: body.task_input ?? {},
      clientMessage: body.client_message ?? null,
      taskOutput: null,
      failedReason: null,
      messages: [],
      chunks: [],
      artifacts: [],
      startedAt: null,
      completedAt: null,
      failedAt: null,
      deadlineAt: extras.deadline_at ?? this.#timestamp(defaultDeadlineMs),
      createdAt: now,
      updatedAt: now,
      history: [],
    };
    this.#byId.set(id, hiring);
    if (clientKey !== undefined) this.#byClientKey.set(clientKey, { hiringId: id, fingerprint });
    this.#record(hiring, null, hiring.status, `hirer:${hirer.id}`, null);
    return accepted({ hiring, created: true });
  }

  /** The probe was answered: the agent has the task. `dispatchId` names the attempt that was probed. */
  start(hiring: Hiring, dispatchId: string, via: string): void {
    const waiting = hiring.status === 'queued' || hiring.status === 'paid';
    if (!waiting || hiring.dispatchId !== dispatchId) return;
    hiring.startedAt = this.#timestamp();
    this.#move(hiring, 'in_progress', 'platform', `answered the availability probe (${via})`);
  }

  /** Nobody answered: before the work, or too often during it. The hirer is refunded. */
  lose(hiring: Hiring, dispatchId: string, reason: string): void {
    if (isOver(hiring.status) || hiring.dispatchId !== dispatchId) return;
    this.#fail(hiring, 'platform', reason);
  }

  /** Completes a hiring and pays the agent's owner (Agrenting API reference, 5.4). */
  complete(hiring: Hiring, agent: Agent, output: unknown): Outcome<Hiring> {
    const ready = this.#settleable(hiring);
    if (!ready.ok) return ready;
    hiring.taskOutput = output;
    this.#pay(hiring, agent, undefined, `agent:${agent.id}`, null);
    return accepted(hiring);
  }

  /** The provider gives up; the hirer is refunded (Agrenting API reference, 5.5). */
  reportFailure(hiring: Hiring, agent: Agent, reason: string): Outcome<Hiring> {
    const ready = this.#settleable(hiring);
    if (!ready.ok) return ready;
    this.#fail(hiring, `agent:${agent.id}`, reason);
    return accepted(hiring);
  }

  cancel(hiring: Hiring, by: string): Outcome<Hiring> {
    if (isOver(hiring.status))
      return refused(409, 'INVALID_STATE', `The hiring is already terminal (${hiring.status})`);
    this.#ledger.refund(hiring.id);
    this.#move(hiring, 'cancelled', by, null);
    return accepted(hiring);
  }

  /** The same hiring again: funds held again, new `dispatch_id`, next `trace_attempt` (Agrenting API reference, 6.2). */
  retry(hiring: Hiring, by: string, reason: string | null): Outcome<Hiring> {
    const cancelledToo = this.#switches.of(hiring.agentId).retry_from === 'failed_and_cancelled';
    if (hiring.status !== 'failed' && !(cancelledToo && hiring.status === 'cancelled')) {
      return refused(409, 'INVALID_STATE', `A hiring that is ${hiring.status} cannot be retried`);
    }
    if (hiring.traceAttempt >= this.#limits.maxAttemptsPerHiring) {
      return refused(
        422,
        'VALIDATION_ERROR',
        `A hiring has at most ${this.#limits.maxAttemptsPerHiring} attempts`,
      );
    }
    const hirable = listed(this.#agents.byId(hiring.agentId));
    if (!hirable.ok) return hirable;
    const held = this.#ledger.hold(hiring.hirerId, hiring.id, hiring.priceCents);
    if (!held.ok) return held;
    hiring.dispatchId = newId();
    hiring.traceAttempt += 1;
    hiring.failedReason = null;
    hiring.failedAt = null;
    hiring.startedAt = null;
    hiring.deadlineAt = this.#timestamp(defaultDeadlineMs);
    this.#move(hiring, 'queued', by, reason);
    return accepted(hiring);
  }

  /** Freezes a hiring and its escrow until the dispute is resolved; what was paid for it goes back there. */
  dispute(hiring: Hiring): Outcome<Hiring> {
    if (hiring.status === 'completed') {
      if (this.#decided.has(hiring.id))
        return refused(409, 'INVALID_STATE', 'The dispute of this hiring was decided');
      const taken = this.#takeBack(hiring);
      if (!taken.ok) return taken;
    } else if (isOver(hiring.status))
      return refused(409, 'INVALID_STATE', `The hiring is already terminal (${hiring.status})`);
    this.#move(hiring, 'disputed', 'platform', null);
    return accepted(hiring);
  }

  /**
   * Decides a dispute (Agrenting API reference, 11.3). The owner is paid all or a part, less the fee, and the hiring is
   * `completed`; or the hirer gets everything back and it is `refunded`.
   */
  resolveDispute(hiring: Hiring, end: DisputeEnd): Outcome<Hiring> {
    if (hiring.status !== 'disputed')
      return refused(409, 'INVALID_STATE', `The hiring is ${hiring.status}, not disputed`);
    const agent = this.#agents.byId(hiring.agentId);
    if (agent === undefined) return notFound('Agent');
    if (end.outcome === 'refund') {
      this.#ledger.refund(hiring.id);
      agent.failed += 1;
      this.#move(hiring, 'refunded', 'platform', 'dispute: refund');
      return accepted(hiring);
    }
    if (end.outcome === 'split' && (end.ownerCents <= 0 || end.ownerCents >= hiring.priceCents)) {
      return invalid({ ownerShare: ['must be a part of the price, neither nothing nor all'] });
    }
    this.#decided.add(hiring.id);
    const shareCents = end.outcome === 'split' ? end.ownerCents : undefined;
    this.#pay(hiring, agent, shareCents, 'platform', `dispute: ${end.outcome}`);
    return accepted(hiring);
  }

  addMessage(
    hiring: Hiring,
    sender: Pick<HiringMessage, 'senderType' | 'senderId' | 'senderName'>,
    message: { content: string; kind: HiringMessage['kind']; replyToId: string | null },
  ): Outcome<HiringMessage> {
    if (hiring.messages.length >= this.#limits.maxMessagesPerHiring) {
      return refused(
        422,
        'VALIDATION_ERROR',
        `A hiring has at most ${this.#limits.maxMessagesPerHiring} messages`,
      );
    }
    const now = this.#timestamp();
    if (message.kind === 'answer') {
      const question = hiring.messages.find(
        ({ id, kind }) => id === message.replyToId && kind === 'question',
      );
      if (question === undefined) return notFound('Question');
      question.resolvedAt ??= now;
    }
    const stored: HiringMessage = { id: newId(), ...sender, ...message, resolvedAt: null, createdAt: now };
    hiring.messages.push(stored);
    hiring.updatedAt = now;
    this.#tell({ kind: 'message', hiring, from: hiring.status });
    return accepted(stored);
  }

  /** Streams a piece of output to the hirer; the oldest pieces are forgotten (Agrenting API reference, 7.5). */
  /** Stores a batch whole or not at all; the result ends a hiring, so they come before it (Agrenting API reference, 10). */
  addArtifacts(hiring: Hiring, given: readonly NewArtifact[]): Outcome<Artifact[]> {
    const settleable = this.#settleable(hiring);
    if (!settleable.ok) return settleable;
    if (hiring.artifacts.length + given.length > this.#limits.maxArtifactsPerHiring) {
      const most = `A hiring has at most ${this.#limits.maxArtifactsPerHiring} artifacts`;
      return refused(422, 'VALIDATION_ERROR', most);
    }
    const stored = given.map((each) => storedArtifact(each));
    hiring.artifacts.push(...stored);
    hiring.updatedAt = this.#timestamp();
    return accepted(stored);
  }

  artifact(id: string): { readonly hiring: Hiring; readonly artifact: Artifact } | undefined {
    for (const hiring of this.list()) {
      const artifact = hiring.artifacts.find((each) => each.id === id);
      if (artifact !== undefined) return { hiring, artifact };
    }
    return undefined;
  }

  addChunk(hiring: Hiring, content: string, kind: string | null): Outcome<number> {
    if (hiring.status !== 'in_progress') {
      return refused(409, 'INVALID_STATE', `The hiring is ${hiring.status}, not in_progress`);
    }
    const sequence = (hiring.chunks.at(-1)?.sequence ?? 0) + 1;
    hiring.chunks.push({ sequence, at: this.#timestamp(), content, kind });
    if (hiring.chunks.length > this.#limits.maxChunksPerHiring) hiring.chunks.shift();
    this.#tell({ kind: 'chunk', hiring, from: hiring.status });
    return accepted(sequence);
  }

  #settleable(hiring: Hiring): Outcome<null> {
    if (hiring.status === 'in_progress') return accepted(null);
    return refused(409, 'INVALID_STATE', `The hiring is ${hiring.status}, not in_progress`, {
      status: hiring.status,
    });
  }

  #pay(hiring: Hiring, agent: Agent, shareCents: number | undefined, by: string, note: string | null): void {
    hiring.completedAt = this.#timestamp();
    const paid = this.#ledger.release(hiring.id, agent.ownerId, shareCents);
    agent.completed += 1;
    agent.earnedCents += paid.netCents;
    this.#move(hiring, 'completed', by, note);
  }

  #takeBack(hiring: Hiring): Outcome<number> {
    const agent = this.#agents.byId(hiring.agentId);
    if (agent === undefined) return notFound('Agent');
    const reversed = this.#ledger.reverse(hiring.id, agent.ownerId, hiring.hirerId);
    if (!reversed.ok) return reversed;
    agent.completed -= 1;
    agent.earnedCents -= reversed.value;
    return reversed;
  }

  #fail(hiring: Hiring, by: string, reason: string): void {
    hiring.failedReason = reason;
    hiring.failedAt = this.#timestamp();
    this.#ledger.refund(hiring.id);
    const agent = this.#agents.byId(hiring.agentId);
    if (agent !== undefined) agent.failed += 1;
    this.#move(hiring, 'failed', by, reason);
  }

  #move(hiring: Hiring, to: HiringStatus, by: string, note: string | null): void {
    const from = hiring.status;
    hiring.status = to;
    this.#record(hiring, from, to, by, note);
  }

  #record(
    hiring: Hiring,
    from: HiringStatus | null,
    to: HiringStatus,
    by: string,
    note: string | null,
  ): void {
    hiring.updatedAt = this.#timestamp();
    hiring.history.push({ at: hiring.updatedAt, from, to, by, attempt: hiring.traceAttempt, note });
    this.#tell({ kind: 'status', hiring, from });
  }

  #tell(event: HiringEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #makeRoom(): ReturnType<typeof refused> | undefined {
    if (this.#byId.size < this.#limits.maxHirings) return undefined;
    for (const hiring of this.#byId.values()) {
      // A disputed hiring still has money in escrow: forgetting it would strand that.
      if (!isOver(hiring.status) || hiring.status === 'disputed') continue;
      this.#byId.delete(hiring.id);
      for (const [key, made] of this.#byClientKey)
        if (made.hiringId === hiring.id) this.#byClientKey.delete(key);
      return undefined;
    }
    return refused(503, 'SANDBOX_FULL', `${this.#limits.maxHirings} hirings are open`);
  }

  #timestamp(offsetMs = 0): string {
    return new Date(this.#clock.now() + offsetMs).toISOString();
  }
}

/** Only an active agent gets new work (Agrenting API reference, 4.7). */
function listed(agent: Agent | undefined): Outcome<Agent> {
  if (agent?.status === 'active') return accepted(agent);
  return refused(503, 'AGENT_UNAVAILABLE', `The agent is ${agent?.status ?? 'gone'} and cannot be hired`);
}
