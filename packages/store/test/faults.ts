import Database from 'better-sqlite3';

/** How a call of SQLite fails. */
export interface FaultKind {
  readonly name: string;
  /**
   * - `refused`: nothing was done
   * - `rolled back`: SQLite ended the transaction on its own, as it does when the disk is full
   * - `answer lost`: it was done, and looks as if it was not
   */
  readonly what: 'refused' | 'rolled back' | 'answer lost';
  /** So many calls in a row fail: with 2, the rollback that answers a failure fails, too. */
  readonly calls: number;
}

export const FAULT_KINDS: readonly FaultKind[] = [
  { name: 'is refused', what: 'refused', calls: 1 },
  { name: 'is refused, and its rollback too', what: 'refused', calls: 2 },
  { name: 'ends the transaction', what: 'rolled back', calls: 1 },
  { name: 'is done but looks as if it was not', what: 'answer lost', calls: 1 },
  { name: 'is the last that reaches the disk', what: 'refused', calls: Number.POSITIVE_INFINITY },
];

/** Makes the k-th call of SQLite fail, no matter who makes it: statements, BEGIN, COMMIT and ROLLBACK alike. */
export class Faults {
  readonly #undo: (() => void)[] = [];
  #armed: { readonly at: number; readonly kind: FaultKind } | undefined;
  #calls = 0;

  constructor() {
    const statements = prototypeOfStatements();
    for (const method of ['run', 'get', 'all']) this.#wrap(statements, method);
    this.#wrap(Database.prototype, 'exec');
  }

  /** From now on calls are counted, and the call number `at`, counted from 1, fails. */
  arm(at: number, kind: FaultKind): void {
    this.#armed = { at, kind };
    this.#calls = 0;
  }

  /** Ends it; true when there was such a call. */
  disarm(): boolean {
    const reached = this.#armed !== undefined && this.#calls >= this.#armed.at;
    this.#armed = undefined;
    return reached;
  }

  /** Leaves SQLite as it was found. */
  remove(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }

  #wrap(target: object, method: string): void {
    const original: unknown = Reflect.get(target, method);
    if (typeof original !== 'function') throw new Error(`SQLite has no ${method}`);
    const call = (self: unknown, parameters: unknown[]): unknown =>
      this.#call(self, () => Reflect.apply(original, self, parameters));
    function wrapped(this: unknown, ...parameters: unknown[]): unknown {
      return call(this, parameters);
    }
    Object.defineProperty(target, method, { value: wrapped, configurable: true, writable: true });
    this.#undo.push(() => {
      Object.defineProperty(target, method, { value: original, configurable: true, writable: true });
    });
  }

  #call(self: unknown, work: () => unknown): unknown {
    if (this.#armed === undefined) return work();
    this.#calls += 1;
    const { at, kind } = this.#armed;
    if (this.#calls < at || this.#calls >= at + kind.calls) return work();
    if (kind.what === 'rolled back') this.#rollBack(self);
    if (kind.what === 'answer lost') {
      const result = work();
      // Savepoints live in memory: there is no way on which their answer could be lost.
      if (isStatement(self) && /savepoint|release|rollback/i.test(self.source)) return result;
    }
    throw new Database.SqliteError(`the disk failed at call ${this.#calls}`, 'SQLITE_IOERR_WRITE');
  }

  #rollBack(self: unknown): void {
    const database = isStatement(self) ? self.database : self;
    if (!(database instanceof Database) || !database.inTransaction) return;
    const armed = this.#armed;
    this.#armed = undefined;
    database.exec('rollback');
    this.#armed = armed;
  }
}

/** All statements share it, those that make up transactions too. */
function prototypeOfStatements(): Database.Statement {
  const database = new Database(':memory:');
  const prototype: unknown = Object.getPrototypeOf(database.prepare('select 1'));
  database.close();
  if (!isStatement(prototype)) throw new Error('statements of SQLite are made in another way');
  return prototype;
}

function isStatement(value: unknown): value is Database.Statement {
  return typeof value === 'object' && value !== null && 'run' in value && 'get' in value && 'all' in value;
}
