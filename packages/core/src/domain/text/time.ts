const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)? ?(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/;
/** As headers of HTTP and of mail have it (RFC 9110, 5.6.7; RFC 5322, 3.3). */
const HEADER_DATE =
  /^(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2})(?::(\d{2}))?(?: (GMT|UTC?|[+-]\d{4}))?$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * A time of others, in milliseconds since 1970: ISO 8601, with `T` or a blank, with or without seconds and fractions, or
 * the date of a header of HTTP or mail. One without a zone is UTC, whatever zone this process runs in. Undefined for anything else.
 * Nothing else here turns a text of others into a time, since `Date.parse` takes one without a zone for local.
 */
export function parseTimeMs(text: string): number | undefined {
  const trimmed = text.trim();
  const [isIso, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] =
    ISO.exec(trimmed) ?? [];
  if (isIso !== undefined) {
    const atMs = instantMs([year, month, day, hour, minute, second], zone);
    return atMs === undefined ? undefined : atMs + Math.floor(Number(`0.${fraction}`) * 1_000);
  }
  const [isHeader, date, name = '', inYear, hours, minutes, seconds = '0', offset = 'GMT'] =
    HEADER_DATE.exec(trimmed) ?? [];
  if (isHeader === undefined) return undefined;
  return instantMs([inYear, MONTHS.indexOf(name) + 1, date, hours, minutes, seconds], offset);
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 24 * HOUR_MS;

/** The same for a time by which something has to be done: a day alone means all of that day, in UTC. */
export function parseDeadlineMs(text: string): number | undefined {
  const atMs = parseTimeMs(text);
  return atMs !== undefined && DAY.test(text.trim()) ? atMs + DAY_MS : atMs;
}

function instantMs(parts: readonly (string | number | undefined)[], zone: string): number | undefined {
  const atMs = utcMs(parts.map(Number));
  const offset = offsetMs(zone);
  return atMs === undefined || offset === undefined ? undefined : atMs - offset;
}

/** Undefined for a day or an hour that there is not. A leap second is the one after it. */
function utcMs([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: readonly number[]):
  | number
  | undefined {
  const atMs = Date.UTC(year, month - 1, day, hour, minute, second);
  const midnight = new Date(Date.UTC(year, month - 1, day));
  const isDay = midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
  return isDay && hour < 24 && minute < 60 && second <= 60 ? atMs : undefined;
}

function offsetMs(zone: string): number | undefined {
  if (!/^[+-]/.test(zone)) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', ''));
  if (hours > 23 || minutes > 59) return undefined;
  return (hours * HOUR_MS + minutes * MINUTE_MS) * (zone.startsWith('-') ? -1 : 1);
}
