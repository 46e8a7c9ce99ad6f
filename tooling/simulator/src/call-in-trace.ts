/** The last characters of an id tell hirings of one run apart. */
export const short = (id: string): string => id.slice(-4);

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const TASK_ID = /^agrenting-/;
const MAX_CHARACTERS = 60;
const MAX_ITEMS = 8;

/** What the trace says of objects, by the names of fields; everything else of them is left out, such as a hirer's token. */
const SHOWN = (
  'hiringId taskId record hiring agentId attempt number worker name state purpose ' +
  'endpoint generation event cause kind status marker traceAttempt'
).split(' ');

/** Something that a port was given or gave, in a few words; '' for what says nothing. */
export function inTrace(value: unknown): string {
  if (typeof value === 'string') return inFew(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null) return '';
  return Array.isArray(value) ? ofList(value) : ofObject(value);
}

function inFew(text: string): string {
  if (UUID.test(text)) return short(text);
  if (TASK_ID.test(text)) return text.slice(-7);
  return text.slice(0, MAX_CHARACTERS);
}

function ofList(list: readonly unknown[]): string {
  const shown = list.length > MAX_ITEMS ? [] : list.map(inTrace).filter((word) => word !== '');
  return shown.length === 0 ? String(list.length) : `${list.length} (${shown.join(', ')})`;
}

function ofObject(value: object): string {
  return SHOWN.map((name): string => inTrace(Reflect.get(value, name)))
    .filter((word) => word !== '')
    .join(' ');
}
