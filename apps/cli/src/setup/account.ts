import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Secret } from '@agrenting-hiclaw/core/domain';
import { whoami } from '@agrenting-hiclaw/hiclaw';
import {
  askForHuman,
  controlledWorkers,
  readHuman,
  signIn,
  signOut,
  signUp,
  signUpByAdmin,
  type SignInOutcome,
  type SignInSettings,
} from '@agrenting-hiclaw/hiclaw/setup';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { givenSecret } from '../configuration/given-secret.ts';
import { readSecretFile, writeSecretFile, writeFileAtomic } from '@agrenting-hiclaw/operations';
import { openAsAdmin } from './admin.ts';
import { adminAccess } from './inputs.ts';
import { ACCOUNT, DEVICE, type SetupContext } from './setup-context.ts';

/** Uses the account that the configuration names. Gives false when it names none. */
export async function useAccount(context: SetupContext): Promise<boolean> {
  const { draft, changes } = context;
  const tokenFile = tokenFileOf(context);
  const userId = draft.text('matrix', 'userId');
  const token = draft.text('matrix', 'accessToken') ?? (await readSecretFile(tokenFile));
  if (userId === undefined || token === undefined) return false;
  const adapter = context.homeserver(userId, new Secret(token));
  const check = await whoami(adapter);
  if (check.kind !== 'usable') {
    adapter.close();
    throw new CommandError(
      EXIT.failed,
      check.problem,
      `If the token is lost, remove ${tokenFile} and run this again.`,
    );
  }
  context.adapter = adapter;
  changes.say('account', 'done', `${userId} is logged in`);
  return true;
}

/** Makes the adapter's own account by the registration token or as the admin, or logs in to one by its password (HiClaw reference, 3.2). */
export async function makeAccount(context: SetupContext): Promise<void> {
  const { draft, changes, url } = context;
  const name = context.options.account ?? ACCOUNT;
  const registrationToken = await givenSecret(context, ['HICLAW_REGISTRATION_TOKEN']);
  const passwordFile = context.file('matrix.password');
  const given = await givenSecret(context.terminal, ['ADAPTER_MATRIX_PASSWORD']);
  const known = given ?? (await readSecretFile(passwordFile));
  const hasAdmin = (await adminAccess(context.environment, context.options)) !== undefined;
  if (
    known === undefined &&
    registrationToken === undefined &&
    context.controller === undefined &&
    !hasAdmin
  ) {
    throw new CommandError(
      EXIT.usage,
      'no registration token, admin password or account password is known',
      'Give --hiclaw-env FILE (the env file of your HiClaw), or set HICLAW_REGISTRATION_TOKEN, HICLAW_ADMIN_PASSWORD or ADAPTER_MATRIX_PASSWORD.',
    );
  }
  const tokenFile = tokenFileOf(context);
  await changes.make('account', `a Matrix account ${name} at ${url}, its token in ${tokenFile}`, async () => {
    const password = new Secret(known ?? randomBytes(24).toString('base64url'));
    // On disk first: an account whose password nobody knows is lost.
    if (given === undefined) await writeSecretFile(passwordFile, password.reveal());
    const settings = { url, name, password, deviceId: DEVICE };
    let outcome: SignInOutcome =
      registrationToken !== undefined
        ? await signUp(settings, new Secret(registrationToken))
        : known !== undefined
          ? await signIn(settings)
          : context.controller === undefined
            ? await makeAsAdmin(context, settings)
            : await signInAsHuman(context, settings);
    // An earlier run may have ended between writing the password and making the account.
    if (outcome.kind === 'refused' && given === undefined && registrationToken === undefined && hasAdmin) {
      outcome = await makeAsAdmin(context, settings);
    }
    if (outcome.kind === 'taken') outcome = await signIn(settings);
    if (outcome.kind === 'reserved') outcome = await signInAsHuman(context, settings);
    if (outcome.kind !== 'signed_in') return outcome.problem;
    // Whatever token stood there is of the same device, and may have ended with this login.
    await writeFileAtomic(tokenFile, `${outcome.accessToken.reveal()}\n`);
    draft.set(['matrix', 'userId'], outcome.userId);
    draft.set(['matrix', 'accessTokenFile'], tokenFile);
    await draft.save();
    context.adapter = context.homeserver(outcome.userId, outcome.accessToken);
    return undefined;
  });
}

/** Signs in as the admin for this one request. */
async function makeAsAdmin(context: SetupContext, settings: SignInSettings): Promise<SignInOutcome> {
  const admin = await openAsAdmin(context.url, context.environment, context.options);
  if (admin === undefined) return { kind: 'refused', problem: "the admin's password is not known" };
  const { homeserver, accessToken } = admin;
  try {
    return await signUpByAdmin(settings, { userId: homeserver.userId, accessToken });
  } finally {
    homeserver.close();
    await signOut(context.url, accessToken);
  }
}

const HUMAN_LOOKS = 15;
const HUMAN_LOOK_EVERY_MS = 2_000;

/** Where an application service holds all names, the controller makes the account, with a password of its own. */
async function signInAsHuman(context: SetupContext, settings: SignInSettings): Promise<SignInOutcome> {
  const { controller, changes, terminal } = context;
  const { name } = settings;
  if (controller === undefined) {
    const problem = `this homeserver leaves accounts to HiClaw's controller: say under lifecycle how to reach it (driver cli or rest), or make one with \`agt create human --name ${name} --display-name "Agrenting adapter" --permission-level 3\` and give its password as ADAPTER_MATRIX_PASSWORD`;
    return { kind: 'refused', problem };
  }
  changes.progress(`asking the controller for an account ${name}`);
  const known = await controlledWorkers(controller);
  const workers = known.kind === 'workers' ? known.workers.map((worker) => worker.name) : [];
  const refused = await askForHuman(controller, name, workers);
  if (refused !== undefined) return { kind: 'refused', problem: refused };
  for (let look = 0; look < HUMAN_LOOKS; look += 1) {
    const human = await readHuman(controller, name);
    if (human.kind === 'failed') return { kind: 'refused', problem: human.problem };
    if (human.kind === 'human') {
      const password = new Secret(human.password);
      await writeFileAtomic(context.file('matrix.password'), `${human.password}\n`);
      return await signIn({ ...settings, password });
    }
    await pause(HUMAN_LOOK_EVERY_MS, undefined, { signal: terminal.stop });
  }
  return { kind: 'unavailable', problem: `the controller has not made the account ${name} yet: try again` };
}

/** Logs in as the admin for as long as set-up runs, where the password was given; gives the token, to be ended. */
export async function signInAsAdmin(context: SetupContext): Promise<Secret | undefined> {
  const admin = await openAsAdmin(context.url, context.environment, context.options);
  context.admin = admin?.homeserver;
  return admin?.accessToken;
}

function tokenFileOf(context: SetupContext): string {
  return context.draft.text('matrix', 'accessTokenFile') ?? context.file('matrix.token');
}
