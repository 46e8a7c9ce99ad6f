import { Secret } from '@agrenting-hiclaw/core/domain';
import { z } from 'zod';
import { callOnce } from '../http/call-once.ts';
import { describeConnectionError } from '../http/connection-error.ts';

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

/** An admin of the homeserver, signed in. */
export interface HomeserverAdmin {
  readonly userId: string;
  readonly accessToken: Secret;
}

/**
 * Makes an account as the homeserver's admin and logs in to it. By the admin API that Synapse and Tuwunel share, not by a
 * command in the admins' room, where the password would stay. An account that is there already is left as it is.
 */
export async function signUpByAdmin(
  settings: SignInSettings,
  admin: HomeserverAdmin,
): Promise<SignInOutcome> {
  const { url, name, password } = settings;
  const server = admin.userId.slice(admin.userId.indexOf(':'));
  const path = `/_synapse/admin/v2/users/${encodeURIComponent(`@${name}${server}`)}`;
  const there = await call({ url, method: 'GET', path, accessToken: admin.accessToken });
  if (there.kind === 'lost') return { kind: 'unavailable', problem: there.problem };
  if (there.status === 200) return { kind: 'taken', problem: `account @${name}${server} already exists` };
  const { errcode } = refusal.catch({ errcode: '', error: '' }).parse(there.body);
  if (errcode !== 'M_NOT_FOUND') return toOutcome(there, NO_ADMIN_API);
  const body = { password: password.reveal(), admin: false, displayname: 'Agrenting adapter' };
  const made = await call({ url, method: 'PUT', path, body, accessToken: admin.accessToken });
  if (made.kind === 'lost') return { kind: 'unavailable', problem: made.problem };
  return made.status === 200 || made.status === 201 ? await signIn(settings) : toOutcome(made, NO_ADMIN_API);
}

const NO_ADMIN_API =
  'the admin makes no accounts here: give a registration token (HICLAW_REGISTRATION_TOKEN), or the password of an account that is there (ADAPTER_MATRIX_PASSWORD)';

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

type Called = ({ readonly kind: 'answer' } & Answer) | { readonly kind: 'lost'; readonly problem: string };

async function post(
  url: string,
  path: string,
  body: Readonly<Record<string, unknown>>,
  accessToken?: Secret,
): Promise<Called> {
  return await call({ url, method: 'POST', path: `/_matrix/client${path}`, body, accessToken });
}

interface CallRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>> | undefined;
  readonly accessToken?: Secret | undefined;
}

async function call({ url, method, path, body, accessToken }: CallRequest): Promise<Called> {
  const headers = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken.reveal()}` };
  try {
    // bounded: each run once, by what is before it
    const response = await callOnce(`${url.replace(/(?<!\/)\/+$/, '')}${path}`, {
      method,
      headers,
      document: body,
    });
    const answered: unknown = await response.json().catch(() => undefined);
    return { kind: 'answer', status: response.status, body: answered };
  } catch (error) {
    return { kind: 'lost', problem: `the homeserver at ${url} ${describeConnectionError(error)}` };
  }
}
