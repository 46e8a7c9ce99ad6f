import type { Agent, Agents } from './agents.ts';
import type { Clock } from './clock.ts';
import { newSessionToken } from './identifiers.ts';
import type { SwitchBoard } from './switches.ts';
import type { User, Users } from './users.ts';

export type AuthForm = 'x-api-key' | 'api-key' | 'authorization-apikey' | 'authorization-bearer';

/** Who a request comes from. */
export type Identity =
  | { kind: 'agent'; agent: Agent; form: AuthForm }
  | { kind: 'user'; user: User; form: AuthForm }
  | { kind: 'nobody' };

const sessionLifeMs = 20 * 60 * 60_000;
const maxTokensPerAgent = 20;

/** The credentials a request shows, in the order in which they are looked at (Agrenting API reference, 2.2). */
export function presented(headers: Headers): { form: AuthForm; secret: string }[] {
  const found: { form: AuthForm; secret: string }[] = [];
  const add = (form: AuthForm, secret: string | null | undefined): void => {
    if (secret) found.push({ form, secret: secret.trim() });
  };
  add('x-api-key', headers.get('x-api-key'));
  add('api-key', headers.get('api-key'));
  const authorization = headers.get('authorization') ?? '';
  add('authorization-apikey', /^ApiKey\s+(.+)$/i.exec(authorization)?.[1]);
  add('authorization-bearer', /^Bearer\s+(.+)$/i.exec(authorization)?.[1]);
  return found;
}

/** Turns headers into an identity, and agent keys into session tokens (Agrenting API reference, 2). */
export class Credentials {
  readonly #clock: Clock;
  readonly #users: Users;
  readonly #agents: Agents;
  readonly #switches: SwitchBoard;
  readonly #tokens = new Map<string, { agentId: string; expiresAtMs: number }>();

  constructor(clock: Clock, users: Users, agents: Agents, switches: SwitchBoard) {
    this.#clock = clock;
    this.#users = users;
    this.#agents = agents;
    this.#switches = switches;
  }

  /** The first credential decides; one in a form that is switched off for its agent is as good as absent. */
  identify(headers: Headers): Identity {
    for (const { form, secret } of presented(headers)) {
      const agent = form === 'authorization-bearer' ? this.#agentOfToken(secret) : this.#agents.byKey(secret);
      if (agent !== undefined) {
        if (!this.#switches.of(agent.id).agent_auth_forms.includes(form)) continue;
        return { kind: 'agent', agent, form };
      }
      const user = form === 'authorization-apikey' ? undefined : this.#users.byToken(secret);
      return user === undefined ? { kind: 'nobody' } : { kind: 'user', user, form };
    }
    return { kind: 'nobody' };
  }

  /** A session token for 20 hours (its life is not published; this is what a third-party client assumes, 2.3). */
  openSession(agent: Agent): { token: string; expiresAt: string } {
    const now = this.#clock.now();
    const own = [...this.#tokens].filter(([, session]) => session.agentId === agent.id);
    for (const [index, [token, session]] of own.entries()) {
      if (session.expiresAtMs <= now || own.length - index >= maxTokensPerAgent) this.#tokens.delete(token);
    }
    const token = newSessionToken();
    this.#tokens.set(token, { agentId: agent.id, expiresAtMs: now + sessionLifeMs });
    return { token, expiresAt: new Date(now + sessionLifeMs).toISOString() };
  }

  closeSessions(agent: Agent): void {
    for (const [token, session] of this.#tokens) if (session.agentId === agent.id) this.#tokens.delete(token);
  }

  #agentOfToken(token: string): Agent | undefined {
    const session = this.#tokens.get(token);
    if (session === undefined || session.expiresAtMs <= this.#clock.now()) return undefined;
    return this.#agents.byId(session.agentId);
  }
}
