import type { Hiring, HiringRecord } from '@agrenting-hiclaw/core/domain';

/** Takes the hirer's token out of texts about a hiring, wherever hirer or worker repeated it. */
export function withoutToken({
  attempt,
  received,
}: Pick<HiringRecord, 'attempt' | 'received'>): (text: string) => string {
  const tokens = [attempt?.hiring, received.hiring].flatMap((hiring) => tokenOf(hiring));
  return (text) => tokens.reduce((cleaned, token) => cleaned.replaceAll(token, '[redacted]'), text);
}

function tokenOf(hiring: Hiring | undefined): readonly string[] {
  const token = hiring?.repoToken?.reveal() ?? '';
  return token === '' ? [] : [token];
}
