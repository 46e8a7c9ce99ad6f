/** What a transaction is called, by the statements that were run in it. */
const TRANSACTIONS: readonly (readonly [name: string, statement: RegExp])[] = [
  ['migration', /store_migrations/],
  ['step', /insert into "history"/],
  ['accept', /insert into "inbox"/],
  ['claim', /randomblob/],
  ['activities', /insert into "sync_cursors"/],
  ['lease', /insert into "leases"/],
  ['wait', /update "hirings"/],
];

/** The name of the transaction that these statements made up. */
export function transactionName(statements: readonly string[]): string {
  const text = statements.join('\n');
  return TRANSACTIONS.find(([, statement]) => statement.test(text))?.[0] ?? 'other';
}

/** A statement as an event: `insert inbox`, `update hirings`, or its first words. */
export function statementName(statement: string): string {
  const named = /^\s*(insert|update|delete|create)\b[^"`]*["`](\w+)["`]/i.exec(statement);
  if (named !== null) return `${named[1]?.toLowerCase()} ${named[2]}`;
  return statement.trim().slice(0, 40).toLowerCase().replaceAll(/\s+/g, ' ');
}

/** A call to the outside as an event: `marketplace POST result`, `matrix PUT send`, `storage PUT meta.json`. */
export function callName(method: string, address: URL, body: string): string {
  const { pathname } = address;
  if (pathname.startsWith('/_matrix/')) {
    const action = /\/(send|sync|messages|members|state|whoami|receipt|typing)\b/.exec(pathname)?.[1];
    return `matrix ${method} ${action ?? 'other'}`;
  }
  if (pathname.startsWith('/api/v1/')) {
    const hiring = /^\/api\/v1\/hirings\/(?:[\w-]{36}(?:\/(\w+))?|(pending))/.exec(pathname);
    return `marketplace ${method} ${hiring?.[1] ?? hiring?.[2] ?? (hiring === null ? 'other' : 'hiring')}`;
  }
  if (pathname.startsWith('/mcp/')) {
    const rpc = /"method":"([^"]+)"/.exec(body)?.[1];
    const read = /"uri":"hiring:\/\/(pending)?/.exec(body);
    const about = rpc === 'resources/read' ? `read ${read?.[1] ?? 'hiring'}` : (rpc ?? 'answer');
    return method === 'GET' ? 'marketplace GET stream' : `marketplace POST ${about}`;
  }
  const name = pathname.split('/').at(-1) ?? '';
  return `storage ${method} ${address.searchParams.has('list-type') ? 'list' : name}`;
}
