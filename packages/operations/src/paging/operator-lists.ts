import type { Store } from '@agrenting-hiclaw/core/domain';
import { numberedPage, type Page, type PageRequest } from './pages.ts';

/** What the operator was told or will be. Times are ISO, in UTC. */
export interface ShownAlert {
  readonly id: number;
  readonly kind: string;
  readonly text: string;
  readonly sink: string;
  readonly keptAt: string;
  /** When it was sent or given up; null while it waits. */
  readonly doneAt: string | null;
  readonly refusals: number;
}

/** A deed by the admin API, done or refused. */
export interface ShownCommand {
  readonly at: string;
  readonly who: string;
  readonly role: string;
  readonly action: string;
  readonly subject: string;
  readonly commandId: string | null;
  /** The HTTP status of the answer. */
  readonly outcome: string;
  readonly from: string;
}

/** A room that was opened for one hiring. */
export interface ShownRoom {
  readonly roomId: string;
  readonly hiringId: string;
  readonly worker: string;
  readonly endedAt: string | null;
  readonly leftAt: string | null;
}

type Lists = Pick<Store, 'overview' | 'audit'>;

/** Alerts, the newest first. Throws `OperationError`. */
export async function alertsPage({ overview }: Lists, request: PageRequest): Promise<Page<ShownAlert>> {
  const page = await numberedPage(request, async (before, limit) => await overview.alerts(before, limit));
  const items = page.items.map(({ sequence, sink, alert, keptAtMs, doneAtMs, refusals }) => ({
    id: sequence,
    kind: alert.kind,
    text: alert.text,
    sink,
    keptAt: iso(keptAtMs),
    doneAt: isoOrNull(doneAtMs),
    refusals,
  }));
  return { items, nextCursor: page.nextCursor };
}

/** The audit of the admin API, the newest first. Throws `OperationError`. */
export async function auditPage({ audit }: Lists, request: PageRequest): Promise<Page<ShownCommand>> {
  const page = await numberedPage(request, async (before, limit) => await audit.page(before, limit));
  const items = page.items.map(({ atMs, who, role, action, subject, commandId, outcome, client }) => ({
    at: iso(atMs),
    who,
    role,
    action,
    subject,
    commandId: commandId ?? null,
    outcome,
    from: client,
  }));
  return { items, nextCursor: page.nextCursor };
}

/** Rooms that were opened for hirings, the newest first. Throws `OperationError`. */
export async function roomsPage({ overview }: Lists, request: PageRequest): Promise<Page<ShownRoom>> {
  const page = await numberedPage(request, async (before, limit) => await overview.rooms(before, limit));
  const items = page.items.map(({ roomId, hiringId, userId, endedAtMs, leftAtMs }) => ({
    roomId,
    hiringId,
    worker: userId.slice(1).split(':', 1)[0] ?? '',
    endedAt: isoOrNull(endedAtMs),
    leftAt: isoOrNull(leftAtMs),
  }));
  return { items, nextCursor: page.nextCursor };
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

function isoOrNull(atMs: number | undefined): string | null {
  return atMs === undefined ? null : iso(atMs);
}
