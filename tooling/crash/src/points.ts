import type { TriggerInput } from './trigger.ts';

/** A point at which a process is killed. */
export interface Point {
  readonly name: string;
  readonly app: 'mcp-client' | 'poller';
  readonly trigger: TriggerInput;
  /** Every commit brings the write-ahead log into the file. */
  readonly checkpointsAlways?: boolean;
}

type Step = TriggerInput['events'][number];

const before = (name: string, occurrence = 1): Step => ({ name, moment: 'before', occurrence });
const after = (name: string, occurrence = 1): Step => ({ name, moment: 'after', occurrence });

const point = (name: string, ...events: Step[]): Point => ({
  name,
  app: 'mcp-client',
  trigger: { events, act: 'kill' },
});
const polling = (name: string, ...events: Step[]): Point => ({ ...point(name, ...events), app: 'poller' });

/** A read of the pending list after the one that every session begins with, so that it shows the hiring. */
const RECEIVED = after('marketplace POST read pending', 2);

/**
 * The points on the way of one hiring, named after the list that they come from (anchors, F.3). Those that
 * need another scenario (a migration, a backup, a shutdown) are in `scenarios.ts`.
 */
export const POINTS: readonly Point[] = [
  point('received by MCP: before reading the body', RECEIVED),
  point('received by MCP: between the read and the insert', RECEIVED, before('begin')),
  point('received by MCP: inside the transaction, before the hiring', before('insert hirings')),
  point('received by MCP: inside the transaction, after the hiring', after('insert hirings')),
  point('received by MCP: inside the transaction, after the document', after('insert inbox')),
  point('received by MCP: after the commit', after('commit accept')),
  polling('received by a poll: before reading the body', after('marketplace GET pending')),
  polling('received by a poll: while the poller merges a page', after('insert inbox')),
  polling('received by a poll: after the commit', after('commit accept')),
  point('after the claim, before its commit', before('commit claim')),
  point('after the claim', after('commit claim')),
  point('confirm: after the read was answered', after('marketplace GET hiring')),
  point('confirm: inside the transaction', after('insert attempts')),
  point('confirm: after the commit', after('commit step')),
  point('stage: before the first object', before('storage PUT ')),
  point('stage: after the PUT of spec.md', after('storage PUT spec.md')),
  point('stage: after the PUT of task-spec.json', after('storage PUT task-spec.json')),
  point('stage: before the marker object', before('storage PUT meta.json')),
  point('stage: after the marker object', after('storage PUT meta.json')),
  point('stage: before the commit', after('storage PUT meta.json'), before('commit step')),
  point('send: before the Matrix PUT', before('matrix PUT send')),
  point('send: after the server stored the event, before our answer', after('matrix PUT send')),
  point('send: after the answer, before our commit', after('matrix PUT send'), before('commit step')),
  point('send: after our commit', after('matrix PUT send'), after('commit step')),
  point('send: after the PUT of state.json', after('storage PUT state.json')),
  point('watch: before activities are stored', after('matrix PUT send'), before('commit activities')),
  point('watch: after activities were stored', after('matrix PUT send'), after('commit activities')),
  point('collect: after the result was read', after('storage GET result.md')),
  point('collect: before the settlement is stored', before('insert settlements')),
  point('collect: after the settlement was stored', after('insert settlements'), after('commit step')),
  point('settle: before the result is sent', before('marketplace POST result')),
  point('settle: between the result sent and answered', after('marketplace POST result')),
  point(
    'settle: after the answer, before our commit',
    after('marketplace POST result'),
    before('commit step'),
  ),
  point('settle: after our commit', after('marketplace POST result'), after('commit step')),
  {
    name: 'during a checkpoint',
    app: 'mcp-client',
    checkpointsAlways: true,
    trigger: { events: [before('commit step', 2)], act: 'kill inside' },
  },
];
