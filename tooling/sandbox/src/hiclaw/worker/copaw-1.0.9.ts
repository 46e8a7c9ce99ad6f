import { z } from 'zod';
import { newConversation, type Conversation } from './conversation.ts';
import { asksForStatus, taskIdsIn } from './instructions.ts';
import { runJob, WorkerDied } from './job.ts';
import { MatrixRefusal, MatrixSession, type SeenEvent, type SyncAnswer } from './matrix-session.ts';
import { mentions, messageContent } from './message.ts';
import { ObjectClient } from './object-client.ts';
import type { WorkerMachine, WorkerProfile } from './profile.ts';
import { sessionFileName } from './session-file.ts';

/**
 * The CoPaw worker of HiClaw 1.0.9 (HiClaw reference, 2.4, 3.5 to 3.9 and 10.4), with what was seen on the real one:
 * messages that arrive while it works become one turn, a room is one conversation, any invite is accepted, an edit is
 * one more message, its place in the stream is saved before the work is done.
 */
export const copaw109: WorkerProfile = {
  name: 'copaw-1.0.9',
  runtime: 'copaw',
  run: async (machine) => {
    const process = new AbortController();
    const worker = new CopawWorker(machine, AbortSignal.any([machine.signal, process.signal]));
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
};

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

interface Settings {
  readonly direct: readonly string[];
  readonly group: readonly string[];
}

class CopawWorker {
  readonly death: Promise<never>;
  readonly #machine: WorkerMachine;
  readonly #signal: AbortSignal;
  readonly #objects: ObjectClient;
  readonly #home: string;
  readonly #die: (error: Error) => void;
  readonly #members = new Map<string, Map<string, unknown>>();
  readonly #conversations = new Map<string, Conversation>();
  readonly #running = new Set<Promise<void>>();
  #settings: Settings = { direct: [], group: [] };

  constructor(machine: WorkerMachine, signal: AbortSignal) {
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
    await this.#retrying('mirror', () => this.#mirror());
    this.#background(() => this.#every(machine.times.pullEveryMs, () => this.#mirror()));
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
      // Without a saved place everything that was sent before is lost (HiClaw reference, 3.7).
      if (since !== undefined) await this.#hear(session, answer);
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
    return `${this.#home}.copaw/matrix_sync_token`;
  }

  async #mirror(): Promise<void> {
    const { disk } = this.#machine;
    await disk.pull(this.#objects, this.#home, (key) => key.startsWith(`${this.#home}credentials/`));
    await disk.pull(this.#objects, 'shared/');
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

  async #hear(session: MatrixSession, answer: SyncAnswer): Promise<void> {
    for (const [roomId, room] of Object.entries(answer.rooms.join)) {
      for (const event of room.timeline.events) await this.#consider(session, roomId, event);
    }
  }

  /** The gates in their order: own, allow-list, kind, mention. Who fails one sees nothing of it. */
  async #consider(session: MatrixSession, roomId: string, event: SeenEvent): Promise<void> {
    const { body, msgtype } = event.content;
    if (event.type !== 'm.room.message' || event.sender === session.userId) return;
    const isDirect = this.#isDirect(roomId);
    if (!(isDirect ? this.#settings.direct : this.#settings.group).includes(event.sender)) {
      this.#machine.log(`${event.sender} is not allowed`);
      return;
    }
    if (msgtype !== 'm.text' || typeof body !== 'string') return;
    const conversation = this.#conversation(roomId);
    if (!isDirect && !mentions(event.content, body, session.userId)) {
      conversation.unmentioned = [...conversation.unmentioned, `${event.sender}: ${body}`].slice(
        -historyLength,
      );
      return;
    }
    await this.#tolerating('receipt', () => session.read(roomId, event.event_id));
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
      await this.#tolerating('send', () => session.send(roomId, messageContent(line)));
    };
    if (/^\/(clear|new)\b/.test(text)) {
      conversation.past = [];
      await say('The conversation was cleared. (simulated worker)');
      this.#saveConversation(roomId, conversation);
      return;
    }
    conversation.past.push(...conversation.unmentioned, `user: ${text}`);
    conversation.unmentioned = [];
    const tools = { machine, objects: this.#objects, signal: this.#signal, say };
    const taskIds = taskIdsIn(text);
    const { asked } = conversation;
    if (asksForStatus(text)) {
      await say('The simulated worker is here and has no work open in this room.');
    } else if (asked !== undefined && (taskIds.length === 0 || taskIds.includes(asked))) {
      conversation.asked = undefined;
      await runJob({ taskId: asked, message: text, behaviour: { kind: 'complete' } }, tools);
    } else if (taskIds.length === 0) {
      await say('The simulated worker only does tasks whose folder is named, as in shared/tasks/{task-id}/.');
    } else {
      for (const taskId of taskIds) {
        const behaviour = machine.behaviours.takeForJob();
        const outcome = await runJob({ taskId, message: text, behaviour }, tools);
        if (outcome === 'asked') conversation.asked = taskId;
      }
    }
    this.#saveConversation(roomId, conversation);
  }

  #saveConversation(roomId: string, conversation: Conversation): void {
    conversation.past = conversation.past.slice(-conversationLength);
    const path = `${this.#home}.copaw/sessions/${sessionFileName(roomId)}`;
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

  /** For ever, every few seconds, whatever the error: so a revoked token makes it deaf (HiClaw reference, 3.7). */
  async #retrying<Value>(what: string, run: () => Promise<Value>): Promise<Value> {
    for (;;) {
      try {
        return await run();
      } catch (error) {
        this.#signal.throwIfAborted();
        this.#machine.log(`${what}: ${String(error)}`);
        if (error instanceof MatrixRefusal && error.errcode === 'M_UNKNOWN_TOKEN')
          this.#machine.report('deaf');
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
