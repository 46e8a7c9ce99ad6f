import { sanitize } from '@agrenting-hiclaw/core/sanitize';
import type { Host } from './run-main.ts';

/** The real process as the host of an app: stopped by SIGTERM or SIGINT, reopens its log on SIGHUP, and reports errors on standard error. */
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
