import { Secret } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import { createBoundedFetch } from '../http/bounded-fetch.ts';
import { describeConnectionError } from '../http/connection-error.ts';
import { withDeadline } from '../http/deadline.ts';

export interface SignInSettings {
  /** Where the homeserver is reached. */
  readonly url: string;
  /** The part of the Matrix id before the colon. */
  readonly name: string;
  readonly password: Secret;
  /** The same one at every login, so that a repeated message is one event (HiClaw reference, 3). */
  readonly deviceId: string;
}

export type SignInOutcome =
  | {
      readonly kind: 'signed_in';
      readonly userId: string;
      readonly deviceId: string;
      readonly accessToken: Secret;
    }
  /** There is such an account already; only when one was to be made. */
  | { readonly kind: 'taken'; readonly problem: string }
  /** The name belongs to an application service, which makes the accounts (HiClaw reference, 3.2). */
  | { readonly kind: 'reserved'; readonly problem: string }
  /** A definite no; `problem` says what to do. */
  | { readonly kind: 'refused'; readonly problem: string }
  | { readonly kind: 'unavailable'; readonly problem: string };

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const MAX_ANSWER_BYTES = 1024 * 1024;
const TIMEOUT_MS = 20_000;
/** A homeserver may ask for one thing after the other; none asks for more than these. */
const MAX_STAGES = 4;

const signedIn = z.object({ user_id: z.string(), access_token: z.string(), device_id: z.string() });
const refusal = z.object({ errcode: z.string().default(''), error: z.string().default('') });
const stages = z.object({
  session: z.string(),
  flows: z.array(z.object({ stages: z.array(z.string()) })),
  completed: z.array(z.string()).default([]),
});

/** Logs in by password, once: the token is to be kept (Matrix client-server API, login). */
export async function signIn(settings: SignInSettings): Promise<SignInOutcome> {
  const { name, password, deviceId } = settings;
  const answer = await post(settings.url, '/v3/login', {
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user: name },
    password: password.reveal(),
    device_id: deviceId,
    initial_device_display_name: 'Agrenting adapter',
  });
  return answer.kind === 'lost'
    ? { kind: 'unavailable', problem: answer.problem }
    : toOutcome(answer, `check the name ${name} and its password`);
}

/** Makes an account by HiClaw's registration token and logs in to it (HiClaw reference, 3.2). */
export async function signUp(settings: SignInSettings, registrationToken: Secret): Promise<SignInOutcome> {
  const { name, password, deviceId } = settings;
  const wanted = {
    username: name,
    password: password.reveal(),
    device_id: deviceId,
    initial_device_display_name: 'Agrenting adapter',
  };
  const tokenStage = { type: 'm.login.registration_token', token: registrationToken.reveal() };
  const remedy = 'check HICLAW_REGISTRATION_TOKEN';
  // One step at a Tuwunel. A Synapse names a session first, and may then ask for a stage that needs nothing.
  let auth: Record<string, unknown> = tokenStage;
  for (let stage = 0; stage < MAX_STAGES; stage += 1) {
    const answer = await post(settings.url, '/v3/register', { ...wanted, auth });
    if (answer.kind === 'lost') return { kind: 'unavailable', problem: answer.problem };
    const asked = stages.safeParse(answer.body).data;
    if (answer.status !== 401 || asked === undefined) return toOutcome(answer, remedy);
    const { session, completed } = asked;
    const isTokenDone = completed.includes(tokenStage.type);
    if (stage > 0 && !isTokenDone)
      return { kind: 'refused', problem: `the registration token was refused: ${remedy}` };
    auth = isTokenDone ? { type: 'm.login.dummy', session } : { ...tokenStage, session };
  }
  return { kind: 'refused', problem: `the homeserver asks for more than a registration token: ${remedy}` };
}

/** Ends a session that is not needed any more; that it may fail does no harm. */
export async function signOut(url: string, accessToken: Secret): Promise<void> {
  await post(url, '/v3/logout', {}, accessToken);
}

function toOutcome({ status, body }: Answer, remedy: string): SignInOutcome {
  const done = signedIn.safeParse(body).data;
  if (status === 200 && done !== undefined) {
    return {
      kind: 'signed_in',
      userId: done.user_id,
      deviceId: done.device_id,
      accessToken: new Secret(done.access_token),
    };
  }
  const { errcode, error } = refusal.catch({ errcode: '', error: '' }).parse(body);
  const said = [status, errcode, error.replace(/\s+/g, ' ').slice(0, 200)].filter(Boolean).join(' ');
  if (errcode === 'M_EXCLUSIVE') return { kind: 'reserved', problem: said };
  if (errcode === 'M_USER_IN_USE') return { kind: 'taken', problem: said };
  if (status === 429 || status >= 500) {
    return { kind: 'unavailable', problem: `the homeserver answered ${said}: try again later` };
  }
  return { kind: 'refused', problem: `the homeserver answered ${said}: ${remedy}` };
}

async function post(
  url: string,
  path: string,
  body: Readonly<Record<string, unknown>>,
  accessToken?: Secret,
): Promise<({ readonly kind: 'answer' } & Answer) | { readonly kind: 'lost'; readonly problem: string }> {
  const connections = createBoundedFetch(MAX_ANSWER_BYTES);
  try {
    return await withDeadline(TIMEOUT_MS, undefined, async (signal) => {
      const response = await connections.fetch(`${url.replace(/\/+$/, '')}/_matrix/client${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken.reveal()}` }),
        },
        body: JSON.stringify(body),
        signal,
      });
      const answered: unknown = await response.json().catch(() => undefined);
      return { kind: 'answer', status: response.status, body: answered };
    });
  } catch (error) {
    return { kind: 'lost', problem: `the homeserver at ${url} ${describeConnectionError(error)}` };
  } finally {
    connections.close();
  }
}
