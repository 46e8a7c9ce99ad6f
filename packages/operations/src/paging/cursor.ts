import { OperationError } from '../operation-error.ts';

/** A place in a list as it is handed out: nobody has to know what is in it. */
export function cursorOf(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** The place that a cursor names, the beginning without one. Throws `OperationError` for what is no cursor of ours. */
export function placeOf<T>(
  cursor: string | undefined,
  parse: (place: unknown) => T | undefined,
): T | undefined {
  if (cursor === undefined) return undefined;
  const place = parse(decoded(cursor));
  if (place !== undefined) return place;
  throw new OperationError('invalid', 'Invalid cursor.', {
    remedy: 'Omit it to start at the newest item, or use nextCursor of the previous page.',
  });
}

function decoded(cursor: string): unknown {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return place;
  } catch {
    return undefined;
  }
}

/** Of a list that is ordered by a number of the store. */
export function numberOf(place: unknown): number | undefined {
  return typeof place === 'number' && Number.isSafeInteger(place) && place >= 0 ? place : undefined;
}
