/** One setting: what it is, and where it came from. */
export interface Setting {
  readonly name: string;
  readonly value: string;
  readonly from: string;
}

const MAX_SETTINGS = 2_000;

/** Reads settings in any of the forms that a server may give them: a list, or an object whose leaves are values or `{value, from}`. */
export function settingsOf(answer: unknown): readonly Setting[] {
  const found: Setting[] = [];
  visit('', isRecord(answer) ? (answer['items'] ?? answer['settings'] ?? answer) : answer, '');
  return found;

  function visit(name: string, value: unknown, from: string): void {
    if (found.length >= MAX_SETTINGS) return;
    if (Array.isArray(value) && value.length > 0 && value.every(isRecord)) {
      for (const [index, item] of value.entries()) {
        const named = item['name'] ?? item['key'] ?? item['path'] ?? item['setting'];
        if (typeof named === 'string' && 'value' in item) {
          visit(joined(name, named), item['value'], sourceOf(item));
        } else visit(joined(name, String(index)), item, from);
      }
    } else if (isRecord(value)) {
      if ('value' in value && sourceOf(value) !== '') return visit(name, value['value'], sourceOf(value));
      for (const [inner, item] of Object.entries(value)) visit(joined(name, inner), item, from);
    } else if (name !== '') found.push({ name, value: shown(value), from });
  }
}

function sourceOf(item: Readonly<Record<string, unknown>>): string {
  const source = item['from'] ?? item['source'] ?? item['origin'];
  return typeof source === 'string' ? source : '';
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'not set';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(shown).join(', ');
  return JSON.stringify(value);
}

function joined(outer: string, inner: string): string {
  return outer === '' ? inner : `${outer}.${inner}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
