import type { Clock } from './clock.ts';
import type { NewUser } from './control-input.ts';
import { isUuidV4, newId, newUserToken } from './identifiers.ts';
import type { Ledger } from './ledger.ts';
import { parseCents } from './money.ts';
import { accepted, invalid, refused, type Outcome } from './refusal.ts';

/** A person: hires, and owns agents. */
export interface User {
  id: string;
  name: string;
  /** The `ap_` token. */
  token: string;
  createdAt: string;
}

const tokenForm = /^ap_[A-Za-z0-9_-]{43}$/;

export class Users {
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  readonly #maxUsers: number;
  readonly #byId = new Map<string, User>();
  readonly #byToken = new Map<string, User>();

  constructor(clock: Clock, ledger: Ledger, maxUsers: number) {
    this.#clock = clock;
    this.#ledger = ledger;
    this.#maxUsers = maxUsers;
  }

  create(input: NewUser): Outcome<User> {
    const id = input.id ?? newId();
    const token = input.token ?? newUserToken();
    const cents = parseCents(input.balance ?? '0');
    if (!isUuidV4(id)) return invalid({ id: ['must be a UUID v4'] });
    if (!tokenForm.test(token))
      return invalid({ token: ['must be ap_ and 43 characters of A-Z a-z 0-9 _ -'] });
    if (cents === undefined) return refused(422, 'INVALID_AMOUNT', 'balance is not an amount');
    if (this.#byId.has(id)) return invalid({ id: ['has already been taken'] });
    if (this.#byToken.has(token)) return invalid({ token: ['has already been taken'] });
    if (this.#byId.size >= this.#maxUsers)
      return refused(503, 'SANDBOX_FULL', `${this.#maxUsers} users exist`);
    const user: User = {
      id,
      name: input.name ?? `user ${this.#byId.size + 1}`,
      token,
      createdAt: new Date(this.#clock.now()).toISOString(),
    };
    this.#byId.set(id, user);
    this.#byToken.set(token, user);
    if (cents > 0) this.#ledger.deposit(id, cents);
    return accepted(user);
  }

  byId(id: string): User | undefined {
    return this.#byId.get(id);
  }

  byToken(token: string): User | undefined {
    return this.#byToken.get(token);
  }

  list(): User[] {
    return [...this.#byId.values()];
  }
}
