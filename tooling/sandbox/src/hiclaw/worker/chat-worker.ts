import { z } from 'zod';
import { newConversation, type Conversation } from './conversation.ts';
import { asksForStatus, taskIdsIn } from './instructions.ts';
import { runJob, WorkerDied } from './job.ts';
import { MatrixRefusal, MatrixSession, type SeenEvent, type SyncAnswer } from './matrix-session.ts';
import { ObjectClient } from './object-client.ts';
import type { WorkerMachine, WorkerProfile } from './profile.ts';
import { sessionFileName } from './session-file.ts';
import type { WorkerTraits } from './traits.ts';

/** A worker that lives in Matrix rooms and does tasks, in the way that its traits say. */
export const chatWorker = (traits: WorkerTraits): WorkerProfile => ({
  name: traits.name,
  runtime: traits.runtime,
  run: async (machine) => {
    const process = new AbortController();
    const worker = new ChatWorker(traits, machine, AbortSignal.any([machine.signal, process.signal]));
    try {
      await Promise.race([worker.live(), worker.death]);
    } catch (error) {
      if (!machine.signal.aborted) throw error;
    } finally {
      process.abort('exit');
      await worker.settled();
      if (machine.signal.reason === 'stop') await worker.uploadAtStop();
    }
  },
});

const syncTimeoutMs = 30_000;
const typingMs = 30_000;
const typingRenewMs = 25_000;
const typingCapMs = 120_000;
const historyLength = 50;
const conversationLength = 100;

const settings = z.object({
  channels: z.object({
    matrix: z.object({
      dm: z.object({ allowFrom: z.array(z.string()) }),
      groupAllowFrom: z.array(z.string()),
    }),
  }),
});

const edit = z.object({ 'm.relates_to': z.object({ rel_type: z.literal('m.replace') }) });
const isEdit = (content: SeenEvent['content']): boolean => edit.safeParse(content).success;

/** What HiClaw 1.2 answers without its model (HiClaw reference, 6.4). */
const isReadinessCheck = (body: string): boolean =>
  body.includes('readiness check') && body.includes('reply with the exact text READY');

interface Settings {
  readonly direct: readonly string[];
  readonly group: readonly string[];
}

class ChatWorker {
  readonly death: Promise<never>;
  readonly #traits: WorkerTraits;
  readonly #machine: WorkerMachine;
  readonly #signal: AbortSignal;
  readonly #objects: ObjectClient;
  readonly #home: string;
  readonly #die: (error: Error) => void;
  readonly #members = new Map<string, Map<string, unknown>>();
  readonly #conversations = new Map<string, Conversation>();
  readonly #running = new Set<Promise<void>>();
  #settings: Settings = { direct: [], group: [] };

  constructor(traits: WorkerTraits, machine: WorkerMachine, signal: AbortSignal) {
    this.#traits = traits;
    this.#machine = machine;
    this.#signal = signal;
    this.#objects = new ObjectClient(machine.storage, signal);
    this.#home = `agents/${machine.name}/`;
    const { promise, reject } = Promise.withResolvers<never>();
    this.death = promise;
    this.#die = reject;
    this.death.catch(() => undefined);
  }

  async live(): Promise<void> {
    const machine = this.#machine;
    machine.report('starting');
    await machine.clock.sleep(machine.times.startMs, this.#signal);
    const session = await this.#retrying('login', () =>
      MatrixSession.login(machine.homeserverUrl, machine.userId, machine.password, this.#signal),
    );
    const startedAtMs = machine.clock.now();
    await this.#retrying('mirror', () => this.#mirror(true));
    this.#background(() => this.#every(machine.times.pullEveryMs, () => this.#mirror(false)));
    this.#background(() => this.#every(machine.times.pushEveryMs, () => this.#upload(this.#objects)));
    let since = machine.disk.read(this.#placeFile);
    let isFirst = true;
    for (;;) {
      const answer = await this.#retrying('sync', () =>
        session.sync(since, isFirst ? 0 : syncTimeoutMs, isFirst),
      );
      this.#noteMembers(answer);
      for (const roomId of Object.keys(answer.rooms.invite)) {
        await this.#tolerating('join', () => session.join(roomId));
      }
      await this.#receive(session, answer, since === undefined, startedAtMs);
      since = answer.next_batch;
      machine.disk.write(this.#placeFile, since);
      if (isFirst) machine.report('listening');
      isFirst = false;
    }
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  async uploadAtStop(): Promise<void> {
    const objects = new ObjectClient(this.#machine.storage, AbortSignal.timeout(2000));
    await this.#upload(objects).catch((error: unknown) => {
      this.#machine.log(`upload at stop: ${String(error)}`);
    });
  }

  get #placeFile(): string {
    return `${this.#home}.${this.#traits.runtime}/matrix_sync_token`;
  }

  async #mirror(atStart: boolean): Promise<void> {
    const { disk } = this.#machine;
    const { pullsShared, readsSettings } = this.#traits;
    await disk.pull(this.#objects, this.#home, (key) => key.startsWith(`${this.#home}credentials/`));
    if (atStart || pullsShared === 'periodically') await disk.pull(this.#objects, 'shared/');
    if (!atStart && readsSettings === 'at its start') return;
    const text = disk.read(`${this.#home}openclaw.json`);
    if (text === undefined) throw new Error('openclaw.json is not in storage');
    const { matrix } = settings.parse(JSON.parse(text)).channels;
    this.#settings = { direct: matrix.dm.allowFrom, group: matrix.groupAllowFrom };
  }

  #upload(objects: ObjectClient): Promise<void> {
    const kept = [`${this.#home}openclaw.json`, `${this.#home}credentials/`];
    return this.#machine.disk.push(objects, this.#home, (key) =>
      kept.some((prefix) => key.startsWith(prefix)),
    );
  }

  #noteMembers(answer: SyncAnswer): void {
    for (const [roomId, room] of Object.entries(answer.rooms.join)) {
      const members = this.#members.get(roomId) ?? new Map<string, unknown>();
      this.#members.set(roomId, members);
      for (const event of [...room.state.events, ...room.timeline.events]) {
        if (event.type === 'm.room.member' && event.state_key !== undefined) {
          members.set(event.state_key, event.content['membership']);
        }
      }
    }
  }

  /** Of what was said while it was off it hears what its backlog says (HiClaw reference, 3.7). */
  async #receive(
    session: MatrixSession,
    answer: SyncAnswer,
    isFirst: boolean,
    startedAtMs: number,
  ): Promise<void> {
    const { backlog } = this.#traits;
    // Without a saved place everything that was sent before is lost.
    if (backlog === 'since its place' && isFirst) return;
    const oldestMs = backlog === 'since its place' ? 0 : startedAtMs - backlog.youngerThanMs;
    for (const [roomId, room] of Object.entries(answer.rooms.join)) {
      for (const event of room.timeline.events) {
        if (event.origin_server_ts >= oldestMs) await this.#consider(session, roomId, event);
      }
    }
  }

  /** The gates, in the order that the traits say. Who fails one sees nothing of it. */
  async #consider(session: MatrixSession, roomId: string, event: SeenEvent): Promise<void> {
    const { body, msgtype } = event.content;
    const { receipts, plainTextOnly, dropsEdits, answersReadinessCheck } = this.#traits;
    if (event.type !== 'm.room.message' || event.sender === session.userId) return;
    if (typeof body !== 'string' || (plainTextOnly && msgtype !== 'm.text')) return;
    if (dropsEdits && isEdit(event.content)) return;
    const isDirect = this.#isDirect(roomId);
    const isMeant = isDirect || this.#traits.mentions(event.content, body, session.userId);
    if (answersReadinessCheck && isMeant && isReadinessCheck(body)) {
      await this.#tolerating('send', () => this.#traits.say(session, roomId, 'READY'));
      return;
    }
    if (receipts === 'before the allow-list' && isMeant) {
      await this.#tolerating('receipt', () => session.read(roomId, event.event_id));
    }
    if (!(isDirect ? this.#settings.direct : this.#settings.group).includes(event.sender)) {
      this.#machine.log(`${event.sender} is not allowed`);
      return;
    }
    const conversation = this.#conversation(roomId);
    if (!isMeant) {
      conversation.unmentioned = [...conversation.unmentioned, `${event.sender}: ${body}`].slice(
        -historyLength,
      );
      return;
    }
    if (receipts === 'accepted') {
      await this.#tolerating('receipt', () => session.read(roomId, event.event_id));
    }
    conversation.sender = event.sender;
    this.#startTyping(session, roomId, conversation);
    conversation.waiting.push(body.replaceAll(session.userId, '').trim());
    if (!conversation.busy) this.#background(() => this.#converse(session, roomId, conversation));
  }

  /** All that waits is one turn; so is what arrives during it for the next. */
  async #converse(session: MatrixSession, roomId: string, conversation: Conversation): Promise<void> {
    conversation.busy = true;
    this.#machine.report('working');
    try {
      while (conversation.waiting.length > 0) {
        const turn = conversation.waiting.join('\n');
        conversation.waiting = [];
        await this.#machine.clock.sleep(this.#machine.times.answerMs, this.#signal);
        await this.#turn(session, roomId, conversation, turn);
        conversation.typing?.abort('end of turn');
      }
    } finally {
      conversation.busy = false;
      if (![...this.#conversations.values()].some((each) => each.busy)) this.#machine.report('listening');
    }
  }

  async #turn(
    session: MatrixSession,
    roomId: string,
    conversation: Conversation,
    text: string,
  ): Promise<void> {
    const machine = this.#machine;
    const say = async (line: string): Promise<void> => {
      conversation.typing?.abort('first text');
      conversation.past.push(`worker: ${line}`);
      await this.#tolerating('send', () => this.#traits.say(session, roomId, line));
    };
    if (this.#traits.clears && /^\/(clear|new)\b/.test(text)) {
      conversation.past = [];
      await say('The conversation was cleared. (simulated worker)');
      this.#saveConversation(roomId, conversation);
      return;
    }
    conversation.past.push(...conversation.unmentioned, `user: ${text}`);
    conversation.unmentioned = [];
    const { protocol } = this.#traits;
    const publish = async (name: string, content: string): Promise<void> => {
      const url = await session.upload(name, content);
      await session.send(roomId, { msgtype: 'm.file', body: name, filename: name, url });
    };
    const { sender } = conversation;
    const tools = { machine, objects: this.#objects, signal: this.#signal, say, publish };
    const given = { message: text, protocol, sender };
    const taskIds = taskIdsIn(text);
    const { asked } = conversation;
    if (asksForStatus(text)) {
      await say('The simulated worker is here and has no work open in this room.');
    } else if (asked !== undefined && (taskIds.length === 0 || taskIds.includes(asked))) {
      conversation.asked = undefined;
      await runJob({ ...given, taskId: asked, behaviour: { kind: 'complete' } }, tools);
    } else if (taskIds.length === 0) {
      await say('The simulated worker only does tasks whose folder is named, as in shared/tasks/{task-id}/.');
    } else {
      for (const taskId of taskIds) {
        const behaviour = machine.behaviours.takeForJob();
        const outcome = await runJob({ ...given, taskId, behaviour }, tools);
        if (outcome === 'asked') conversation.asked = taskId;
      }
    }
    this.#saveConversation(roomId, conversation);
  }

  #saveConversation(roomId: string, conversation: Conversation): void {
    conversation.past = conversation.past.slice(-conversationLength);
    const { sessionFolder } = this.#traits;
    if (sessionFolder === undefined) return;
    const path = `${this.#home}${sessionFolder}${sessionFileName(roomId)}`;
    this.#machine.disk.write(path, JSON.stringify({ simulated: true, memory: conversation.past }));
  }

  #conversation(roomId: string): Conversation {
    const known = this.#conversations.get(roomId);
    if (known !== undefined) return known;
    const conversation = newConversation();
    this.#conversations.set(roomId, conversation);
    return conversation;
  }

  #isDirect(roomId: string): boolean {
    const members = [...(this.#members.get(roomId)?.values() ?? [])];
    return members.filter((membership) => membership === 'join' || membership === 'invite').length === 2;
  }

  /** Typing shows at once, is renewed, and ends with the first text or after two minutes (HiClaw reference, 3.8). */
  #startTyping(session: MatrixSession, roomId: string, conversation: Conversation): void {
    if (conversation.typing?.signal.aborted === false) return;
    const typing = new AbortController();
    conversation.typing = typing;
    const until = this.#machine.clock.now() + typingCapMs;
    this.#background(async () => {
      const over = AbortSignal.any([typing.signal, this.#signal]);
      while (!over.aborted && this.#machine.clock.now() < until) {
        await this.#tolerating('typing', () => session.typing(roomId, true, typingMs));
        await this.#machine.clock.sleep(typingRenewMs, over).catch(() => undefined);
      }
      if (!this.#signal.aborted) await this.#tolerating('typing', () => session.typing(roomId, false, 0));
    });
  }

  #background(run: () => Promise<void>): void {
    const running = run()
      .catch((error: unknown) => {
        if (error instanceof WorkerDied) this.#die(error);
        else if (!this.#signal.aborted) this.#machine.log(String(error));
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #every(intervalMs: number, run: () => Promise<void>): Promise<void> {
    for (;;) {
      await this.#machine.clock.sleep(intervalMs, this.#signal);
      await this.#tolerating('file sync', run);
    }
  }

  /** Forever, every few seconds, whatever the error: so a revoked token disconnects it (HiClaw reference, 3.7). */
  async #retrying<Value>(what: string, run: () => Promise<Value>): Promise<Value> {
    for (;;) {
      try {
        return await run();
      } catch (error) {
        this.#signal.throwIfAborted();
        this.#machine.log(`${what}: ${String(error)}`);
        if (error instanceof MatrixRefusal && error.errcode === 'M_UNKNOWN_TOKEN')
          this.#machine.report('disconnected');
        await this.#machine.clock.sleep(this.#machine.times.retrySyncMs, this.#signal);
      }
    }
  }

  async #tolerating(what: string, run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#machine.log(`${what}: ${String(error)}`);
    }
  }
}
