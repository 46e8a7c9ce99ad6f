// Loaded into an app before its own code: names what it does, and kills it or fails a call at the given point.
import * as http from 'node:http';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { Worker } from 'node:worker_threads';
import type BetterSqlite from 'better-sqlite3';
import { callName, statementName, transactionName } from './events.ts';
import { TRIGGER_VARIABLE, triggerSchema, type Trigger } from './trigger.ts';

type Moment = 'before' | 'after';

/** The same SQLite that the app has. */
const require = createRequire(new URL('../../../packages/store/package.json', import.meta.url));
const Database = databaseOf(require('better-sqlite3'));

let armed: { readonly trigger: Trigger; next: number; seen: number } | undefined;
const given = process.env[TRIGGER_VARIABLE];
if (given !== undefined) arm(JSON.parse(given));
process.on('message', arm);
// Waiting for a message keeps no process alive.
process.channel?.unref();

function arm(message: unknown): void {
  armed = { trigger: triggerSchema.parse(message), next: 0, seen: 0 };
}

/** Says that an event is at one of its moments; gives true when the call that it is has to fail. */
function pass(name: string, moment: Moment): boolean {
  if (armed === undefined) return false;
  const { trigger, next } = armed;
  const wanted = trigger.events[next];
  if (wanted === undefined || wanted.moment !== moment || !new RegExp(wanted.name).test(name)) return false;
  armed.seen += 1;
  if (armed.seen < wanted.occurrence) return false;
  armed.next += 1;
  armed.seen = 0;
  if (armed.next < trigger.events.length) return false;
  armed = undefined;
  if (trigger.act === 'kill') process.kill(process.pid, 'SIGKILL');
  if (trigger.act === 'kill inside') killFromAside();
  process.send?.({ reached: `${moment} ${name}` });
  return trigger.act === 'fail';
}

/** From another thread, since this one is about to be busy inside SQLite. */
const AIMED = new Int32Array(new SharedArrayBuffer(4));
const KILLER = `
  const { workerData } = require('node:worker_threads');
  Atomics.wait(workerData, 0, 0);
  process.kill(process.pid, 'SIGKILL');
`;
if (given?.includes('kill inside') === true) new Worker(KILLER, { eval: true, workerData: AIMED }).unref();

function killFromAside(): void {
  Atomics.store(AIMED, 0, 1);
  Atomics.notify(AIMED, 0);
}

function databaseOf(loaded: unknown): typeof BetterSqlite {
  if (!isDatabase(loaded)) throw new Error('the store has no SQLite');
  return loaded;
}

function isDatabase(value: unknown): value is typeof BetterSqlite {
  return typeof value === 'function';
}

/** The statements of the transaction that is under way. */
let statements: string[] = [];

function wrapSqlite(): void {
  const memory = new Database(':memory:');
  const prototype: unknown = Object.getPrototypeOf(memory.prepare('select 1'));
  memory.close();
  if (typeof prototype !== 'object' || prototype === null) throw new Error('statements have no prototype');
  for (const method of ['run', 'get', 'all']) {
    wrap(prototype, method, (self) => String(Reflect.get(Object(self), 'source')));
  }
  wrap(Database.prototype, 'exec', (_, [text]) => String(text));
  wrap(Database.prototype, 'backup', () => 'backup');
  const pragma = process.env['CRASH_CHECKPOINT_ALWAYS'];
  if (pragma !== undefined) checkpointAlways();
}

/** Every commit checkpoints, so that a kill inside of one is a kill during a checkpoint. */
function checkpointAlways(): void {
  const original = methodOf(Database.prototype, 'pragma');
  put(Database.prototype, 'pragma', function pragma(this: unknown, ...parameters: unknown[]): unknown {
    const result = original(this, parameters);
    if (parameters[0] === 'synchronous = full') original(this, ['wal_autocheckpoint = 1']);
    return result;
  });
}

function wrap(
  target: object,
  method: string,
  textOf: (self: unknown, parameters: readonly unknown[]) => string,
): void {
  const original = methodOf(target, method);
  put(target, method, function wrapped(this: unknown, ...parameters: unknown[]): unknown {
    const name = nameOf(textOf(this, parameters));
    pass(name, 'before');
    const result = original(this, parameters);
    pass(name, 'after');
    return result;
  });
}

function methodOf(target: object, method: string) {
  const original: unknown = Reflect.get(target, method);
  if (typeof original !== 'function') throw new Error(`SQLite has no ${method}`);
  return (self: unknown, parameters: unknown[]): unknown => Reflect.apply(original, self, parameters);
}

function put(target: object, method: string, value: unknown): void {
  Object.defineProperty(target, method, { value, configurable: true, writable: true });
}

function nameOf(text: string): string {
  if (/^\s*begin/i.test(text)) {
    statements = [];
    return 'begin';
  }
  if (/^\s*commit/i.test(text)) return `commit ${transactionName(statements)}`;
  statements.push(text);
  return statementName(text);
}

function lost(): Error {
  return Object.assign(new Error('planted: the connection was reset'), { code: 'ECONNRESET' });
}

function wrapFetch(): void {
  const { fetch } = globalThis;
  globalThis.fetch = async (input, init) => {
    const address = new URL(input instanceof Request ? input.url : input);
    const body = typeof init?.body === 'string' ? init.body : '';
    const name = callName(init?.method ?? 'GET', address, body);
    if (pass(name, 'before')) throw new TypeError('fetch failed', { cause: lost() });
    const response = await fetch(input, init);
    if (!pass(name, 'after')) return response;
    await response.body?.cancel();
    throw new TypeError('fetch failed', { cause: lost() });
  };
}

function wrapHttp(): void {
  const { request } = http;
  function wrapped(...given: unknown[]): http.ClientRequest {
    const sent: unknown = Reflect.apply(request, http, given);
    if (!(sent instanceof http.ClientRequest)) throw new Error('a request is something else');
    const address = new URL(sent.path, `http://${String(sent.getHeader('host') ?? 'localhost')}`);
    const name = callName(sent.method, address, '');
    if (pass(name, 'before')) {
      sent.destroy(lost());
      return sent;
    }
    const emit = sent.emit.bind(sent);
    sent.emit = (event: string | symbol, ...values: unknown[]) => {
      if (event !== 'response' || !pass(name, 'after')) return emit(event, ...values);
      sent.destroy(lost());
      return true;
    };
    return sent;
  }
  const real: unknown = require('node:http');
  if (typeof real !== 'object' || real === null) throw new Error('there is no HTTP');
  put(real, 'request', wrapped);
  syncBuiltinESMExports();
}

wrapSqlite();
wrapFetch();
wrapHttp();
