import { Secret } from '@agrenting-hiclaw/core/domain';
import { createHomeserver, type Homeserver } from '@agrenting-hiclaw/hiclaw';
import { signIn } from '@agrenting-hiclaw/hiclaw/setup';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { adminAccess, type SetupOptions } from './inputs.ts';
import { DEVICE } from './setup-context.ts';

/** The homeserver as the admin sees it, and the token, to be ended; undefined where the password was not given. */
export async function openAsAdmin(
  url: string,
  environment: Readonly<Record<string, string | undefined>>,
  options: SetupOptions,
): Promise<{ readonly homeserver: Homeserver; readonly accessToken: Secret } | undefined> {
  const access = await adminAccess(environment, options);
  if (access === undefined) return undefined;
  const { name, password } = access;
  const outcome = await signIn({
    url,
    name,
    password: new Secret(password),
    deviceId: `${DEVICE}-SETUP`,
  });
  if (outcome.kind !== 'signed_in') throw new CommandError(EXIT.failed, `admin ${name}: ${outcome.problem}`);
  const { userId, accessToken } = outcome;
  return { homeserver: createHomeserver({ url, userId, accessToken }), accessToken };
}
