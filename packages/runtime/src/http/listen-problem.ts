import { SettingError } from '../setting-error.ts';

/** The settings that say where something listens. */
export interface ListenSettings {
  readonly section: string;
  readonly hostVariable: string;
  readonly portVariable: string;
}

/** Of a name or an address that this machine does not have, or only with the right zone. */
const NOT_OURS: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL']);

/** A place that cannot be listened on is a matter of settings: gives the error that says which; others as they are. */
export function listenProblem(
  error: Error,
  { section, hostVariable, portVariable }: ListenSettings,
  { host, port }: { readonly host: string; readonly port: number },
): Error {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    const what = `is taken: another process listens on ${host}:${port}`;
    const remedy = `Set ${portVariable} or ${section}.port to a free one; 0 takes any.`;
    return new SettingError(`${section}.port`, what, remedy, { cause: error });
  }
  if (code === 'EACCES') {
    const remedy = `Set ${portVariable} or ${section}.port to one above 1023.`;
    return new SettingError(`${section}.port`, 'may not be listened on by this user', remedy, {
      cause: error,
    });
  }
  if (typeof code === 'string' && NOT_OURS.has(code)) {
    const remedy = `Set ${hostVariable} or ${section}.host to an address of this machine.`;
    const what = `is no address of this machine: ${host}`;
    return new SettingError(`${section}.host`, what, remedy, { cause: error });
  }
  return error;
}
