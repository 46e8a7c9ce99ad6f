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
    const where = `${section}.port`;
    return new SettingError(
      { where, code: 'port_taken', host, port, variable: portVariable },
      { cause: error },
    );
  }
  if (code === 'EACCES') {
    const where = `${section}.port`;
    return new SettingError({ where, code: 'port_forbidden', variable: portVariable }, { cause: error });
  }
  if (typeof code === 'string' && NOT_OURS.has(code)) {
    const where = `${section}.host`;
    return new SettingError({ where, code: 'foreign_host', host, variable: hostVariable }, { cause: error });
  }
  return error;
}
