import { sanitizeJson } from '@agrenting-hiclaw/core/sanitize';
import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger };

/**
 * A logger that writes one JSON line per entry, to standard output unless told otherwise. Credentials
 * print as `[redacted]` by their type; the paths below catch the ones that came in as plain text.
 */
export function createLogger(name: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    name,
    level,
    base: { name },
    serializers: { error: describeError },
    // A log is read on a terminal, too.
    hooks: { streamWrite: sanitizeJson },
    redact: {
      paths: [
        'authorization',
        '*.authorization',
        'headers',
        '*.headers',
        'apiKey',
        '*.apiKey',
        'accessToken',
        '*.accessToken',
        'secretKey',
        '*.secretKey',
        'repo_access_token',
        '*.repo_access_token',
      ],
      censor: '[redacted]',
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** Errors behind an error that are told, so that a circle of causes ends. */
const MAX_CAUSES = 5;

interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** What JSON leaves out of an error. Of its own fields only those of ours: others' may hold a request with its key. */
function describeError(error: unknown, causes = 0): unknown {
  if (!(error instanceof Error)) return error;
  const described: DescribedError = {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...('remedy' in error && typeof error.remedy === 'string' ? { remedy: error.remedy } : {}),
    ...(error.cause === undefined || causes >= MAX_CAUSES
      ? {}
      : { cause: describeError(error.cause, causes + 1) }),
  };
  return described;
}
