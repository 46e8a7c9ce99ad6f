import { sanitize } from '@agrenting-hiclaw/core/sanitize';
import type { Host } from './run-main.ts';

/** The real process as the host of an app: told to stop by SIGTERM or SIGINT, to open its log anew by SIGHUP, and it says what is wrong on standard error. */
export function hostOf(program: NodeJS.Process): Host {
  return {
    environment: program.env,
    nodeVersion: program.versions.node,
    onStop: (listener) => {
      program.on('SIGTERM', listener);
      program.on('SIGINT', listener);
    },
    onHangUp: (listener) => void program.on('SIGHUP', listener),
    print: (text) => void program.stderr.write(sanitize(text)),
    exit: (code) => program.exit(code),
  };
}
