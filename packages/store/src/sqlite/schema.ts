import { sql } from 'drizzle-orm';
import {
  blob,
  foreignKey,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core';

/**
 * The tables. Times are milliseconds since 1970. JSON columns are parsed by `stored-json.ts`, sealed
 * columns (`...Sealed`) by `EncryptionKey`. A change here needs a migration: `pnpm migrations:generate`,
 * then `STRICT` at the end of every new table, which drizzle cannot say.
 */

/** The inbox: every document that was heard, each once. */
export const inbox = sqliteTable(
  'inbox',
  {
    sequence: integer('sequence').primaryKey({ autoIncrement: true }),
    /** Keyed digest of intake, agent, hiring and document: what makes two documents the same. */
    fingerprint: blob('fingerprint', { mode: 'buffer' }).notNull(),
    intake: text('intake').notNull(),
    agentId: text('agent_id').notNull(),
    /** Null when none could be read. Names no row of `hirings` when only the id could be read. */
    hiringId: text('hiring_id'),
    problem: text('problem'),
    /** What it is, when it was meant to be no hiring. */
    other: text('other'),
    firstAtMs: integer('first_at_ms').notNull(),
    lastAtMs: integer('last_at_ms').notNull(),
    times: integer('times').notNull(),
    /** What `hirings.notifications` was when it was last heard: tells what a step had seen of it. */
    wake: integer('wake').notNull(),
    /** Null once the hiring is over. */
    documentSealed: blob('document_sealed', { mode: 'buffer' }),
  },
  (table) => [
    uniqueIndex('inbox_document').on(table.hiringId, table.fingerprint),
    index('inbox_without_hiring')
      .on(table.sequence)
      .where(sql`${table.hiringId} is null`),
    index('inbox_malformed')
      .on(table.sequence)
      .where(sql`${table.problem} is not null`),
  ],
);

/** One row per hiring id, whatever is repeated. */
export const hirings = sqliteTable(
  'hirings',
  {
    id: text('id').primaryKey(),
    agentId: text('agent_id').notNull(),
    /** The state of its newest attempt. */
    state: text('state').notNull(),
    /** The number of its newest attempt; 0 before the first. */
    attempt: integer('attempt').notNull(),
    receivedAtMs: integer('received_at_ms').notNull(),
    /** While leased: when the lease runs out. Null when there is nothing to look at. */
    dueAtMs: integer('due_at_ms'),
    /** 1 while nothing but its wait for a place at its worker makes it due; 2 while only a webhook spoke of it. */
    waiting: integer('waiting').notNull().default(0),
    notifications: integer('notifications').notNull(),
    /** Wakes up to this one were answered by a read. */
    notificationsRead: integer('notifications_read').notNull(),
    requeues: integer('requeues').notNull(),
    lastReadAtMs: integer('last_read_at_ms'),
    leaseToken: text('lease_token'),
    leaseHolder: text('lease_holder'),
    attention: text('attention'),
    lastFailure: text('last_failure'),
    latestIntake: text('latest_intake').notNull(),
    latestAtMs: integer('latest_at_ms').notNull(),
    latestTokenSealed: blob('latest_token_sealed', { mode: 'buffer' }),
    latestHiring: text('latest_hiring').notNull(),
    /** Assignments that arrived after another process took it over, as JSON; null while there are none. */
    lateAssignments: text('late_assignments'),
    /** Traces of the repository tokens that its hirer gave so far; null while there are none. */
    tokenTraces: text('token_traces'),
    /** Who has its newest attempt; kept by triggers out of `attempts.user_id`, so that it can be listed by. */
    worker: text('worker'),
    /** When it came to its end; null while it is open. */
    endedAtMs: integer('ended_at_ms'),
    /** Whether it counts as paid, and whether that is disputed; null while it is open. */
    money: text('money'),
    /** When the marketplace is read for it again although it is over; null when it is not. */
    nextRereadAtMs: integer('next_reread_at_ms'),
    /** When its texts were emptied since then; null while they are there. */
    redactedAtMs: integer('redacted_at_ms'),
    /** When its task folders were deleted since then; null while they may be there. */
    foldersDeletedAtMs: integer('folders_deleted_at_ms'),
  },
  (table) => [
    index('hirings_due')
      .on(table.dueAtMs)
      .where(sql`${table.dueAtMs} is not null`),
    index('hirings_fair_queue')
      .on(table.agentId, table.waiting, table.dueAtMs)
      .where(sql`${table.dueAtMs} is not null`),
    // With all that lists are narrowed by, so that no row is read for what is left out.
    index('hirings_state').on(table.state, table.receivedAtMs, table.id, table.agentId, table.worker),
    index('hirings_received').on(table.receivedAtMs, table.id),
    index('hirings_agent').on(table.agentId, table.receivedAtMs, table.id, table.worker, table.state),
    index('hirings_worker')
      .on(table.worker, table.receivedAtMs, table.id)
      .where(sql`${table.worker} is not null`),
    index('hirings_to_reread')
      .on(table.nextRereadAtMs)
      .where(sql`${table.nextRereadAtMs} is not null`),
    index('hirings_to_redact')
      .on(table.endedAtMs, table.id)
      .where(sql`${table.endedAtMs} is not null and ${table.redactedAtMs} is null`),
    index('hirings_with_folders')
      .on(table.endedAtMs, table.id)
      .where(sql`${table.endedAtMs} is not null and ${table.foldersDeletedAtMs} is null`),
    index('hirings_to_forget')
      .on(table.endedAtMs, table.id)
      .where(sql`${table.endedAtMs} is not null and ${table.foldersDeletedAtMs} is not null`),
  ],
);

/** One run of a hiring. An ended one keeps its end forever. */
export const attempts = sqliteTable(
  'attempts',
  {
    hiringId: text('hiring_id')
      .notNull()
      .references(() => hirings.id),
    number: integer('number').notNull(),
    /** Names its task folder; hard to guess, so it is stored and never derived. */
    taskId: text('task_id').notNull().default(''),
    state: text('state').notNull(),
    traceAttempt: integer('trace_attempt'),
    dispatchId: text('dispatch_id'),
    hiring: text('hiring').notNull(),
    tokenSealed: blob('token_sealed', { mode: 'buffer' }),
    openedAtMs: integer('opened_at_ms').notNull(),
    /** When its hiring was first heard: the order in which attempts wait for a place. */
    receivedAtMs: integer('received_at_ms').notNull(),
    progress: text('progress').notNull(),
    /** Where its worker is; copied out of `progress` so that activities find it. */
    roomId: text('room_id'),
    userId: text('user_id'),
    /** The newest settlement's generation; 0 before the first. */
    generation: integer('generation').notNull(),
    /** The worker whose place it has or waits for. */
    slotWorker: text('slot_worker'),
    slotHeld: integer('slot_held', { mode: 'boolean' }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.hiringId, table.number] }),
    index('attempts_slot_held')
      .on(table.slotWorker)
      .where(sql`${table.slotHeld} = 1`),
    index('attempts_waiting')
      .on(table.slotWorker, table.receivedAtMs, table.hiringId)
      .where(sql`${table.slotHeld} = 0 and ${table.slotWorker} is not null and ${table.state} = 'staged'`),
    index('attempts_watched')
      .on(table.roomId, table.userId)
      .where(sql`${table.roomId} is not null and ${table.state} in ('sent', 'acknowledged', 'attention')`),
  ],
);

/** A row per move; never changed. */
export const history = sqliteTable(
  'history',
  {
    sequence: integer('sequence').primaryKey({ autoIncrement: true }),
    hiringId: text('hiring_id')
      .notNull()
      .references(() => hirings.id),
    /** 0 for a move before the first attempt. */
    attempt: integer('attempt').notNull(),
    atMs: integer('at_ms').notNull(),
    fromState: text('from_state').notNull(),
    event: text('event').notNull(),
    toState: text('to_state').notNull(),
    cause: text('cause').notNull(),
    /** Of a move to `attention`: the code of why an operator has to decide. */
    reason: text('reason'),
    /** Of a move to `completed`, and of what came of the money since: whose hiring was paid, and at what price, if any. */
    agentId: text('agent_id'),
    price: text('price'),
  },
  (table) => [
    index('history_hiring').on(table.hiringId, table.sequence),
    // What was paid, by the moment: earnings are counted out of it alone.
    index('history_paid')
      .on(table.atMs, table.agentId, table.price)
      .where(sql`${table.toState} = 'completed' and ${table.fromState} <> ${table.toState}`),
    // What was taken back after it, or paid in spite of the end.
    index('history_money')
      .on(table.atMs, table.agentId, table.event, table.price)
      .where(sql`${table.event} in ('payment_reversed', 'payment_released')`),
  ],
);

/** Requests that tell the marketplace how an attempt ended, to the byte; only `unknownSends` ever changes. */
export const settlements = sqliteTable(
  'settlements',
  {
    hiringId: text('hiring_id').notNull(),
    attempt: integer('attempt').notNull(),
    generation: integer('generation').notNull(),
    endpoint: text('endpoint').notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    body: text('body').notNull(),
    unknownSends: integer('unknown_sends').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.hiringId, table.attempt, table.generation] }),
    uniqueIndex('settlements_idempotency_key').on(table.idempotencyKey),
    foreignKey({
      columns: [table.hiringId, table.attempt],
      foreignColumns: [attempts.hiringId, attempts.number],
    }),
  ],
);

/** Rooms that were opened for one attempt. */
export const attemptRooms = sqliteTable(
  'attempt_rooms',
  {
    roomId: text('room_id').primaryKey(),
    hiringId: text('hiring_id').notNull(),
    attempt: integer('attempt').notNull(),
    /** The task id that the attempt had when it was opened: its address is made from that. */
    taskId: text('task_id').notNull().default(''),
    /** The worker it was opened for. */
    userId: text('user_id').notNull(),
    /** When its attempt ended, or took another room; null while it is in use. */
    endedAtMs: integer('ended_at_ms'),
    /** When we left it; null before that. */
    leftAtMs: integer('left_at_ms'),
  },
  (table) => [
    index('attempt_rooms_attempt').on(table.hiringId, table.attempt),
    index('attempt_rooms_in_use')
      .on(table.roomId)
      .where(sql`${table.endedAtMs} is null`),
    index('attempt_rooms_ended')
      .on(table.endedAtMs)
      .where(sql`${table.leftAtMs} is null and ${table.endedAtMs} is not null`),
    foreignKey({
      columns: [table.hiringId, table.attempt],
      foreignColumns: [attempts.hiringId, attempts.number],
    }),
  ],
);

/** What workers were seen to do. */
export const activities = sqliteTable(
  'worker_activity',
  {
    sequence: integer('sequence').primaryKey({ autoIncrement: true }),
    roomId: text('room_id').notNull(),
    userId: text('user_id').notNull(),
    kind: text('kind').notNull(),
    eventId: text('event_id'),
    replacesEventId: text('replaces_event_id'),
    text: text('text'),
    /** Where the whole text lies; null once it was read, or is there. */
    longTextUrl: text('long_text_url'),
    atMs: integer('at_ms').notNull(),
    /** Of a message, by the homeserver's clock. */
    saidAtMs: integer('said_at_ms'),
    readLate: integer('read_late', { mode: 'boolean' }),
    recordedAtMs: integer('recorded_at_ms').notNull(),
    /** For how long its stream had been listened to by then; null where nobody knows. */
    listenedMs: integer('listened_ms'),
  },
  (table) => [
    uniqueIndex('activity_event')
      .on(table.roomId, table.userId, table.kind, table.eventId)
      .where(sql`${table.eventId} is not null`),
    uniqueIndex('activity_without_event')
      .on(table.roomId, table.userId, table.kind)
      .where(sql`${table.eventId} is null`),
    index('activity_worker').on(table.roomId, table.userId, table.sequence),
    index('activity_unread')
      .on(table.roomId, table.userId, table.sequence)
      .where(sql`${table.longTextUrl} is not null`),
  ],
);

/** How far each account's activity stream is stored. */
export const syncCursors = sqliteTable('sync_cursors', {
  account: text('account').primaryKey(),
  position: text('position').notNull(),
  /** Up to when, by our own clock. */
  syncedUntilMs: integer('synced_until_ms').notNull().default(0),
  /** For how long, by a clock that nobody sets. */
  listenedMs: integer('listened_ms').notNull().default(0),
});

/** Temporary rights of one process. */
export const leases = sqliteTable('leases', {
  name: text('name').primaryKey(),
  holder: text('holder').notNull(),
  untilMs: integer('until_ms').notNull(),
});

/** Agents that take no new hirings; the empty id stands for all of them. */
export const pauses = sqliteTable('pauses', {
  agentId: text('agent_id').primaryKey(),
  /** Shown to operators; what counts is the order. */
  sinceMs: integer('since_ms').notNull(),
  /** Documents up to this sequence were heard before: their hirings are still worked on. */
  inboxUpTo: integer('inbox_up_to').notNull().default(0),
  /** The same of moves: attempts that were opened by them are still worked on. */
  historyUpTo: integer('history_up_to').notNull().default(0),
});

/** How the MCP session of each agent fares, as the process that keeps it notes now and then. */
export const agentSessions = sqliteTable('agent_sessions', {
  agentId: text('agent_id').primaryKey(),
  /** The process, as it appears in its lease. */
  holder: text('holder').notNull(),
  /** When that began to keep it. */
  sinceMs: integer('since_ms').notNull(),
  /** Null before the first ping that was answered. */
  lastPingAtMs: integer('last_ping_at_ms'),
  /** Connections that ended since then. */
  drops: integer('drops').notNull(),
});

/** How fast each homeserver takes what is sent to it, as far as it was learned; the columns are those of `SendPace`. */
export const sendBudgets = sqliteTable(
  'send_budgets',
  {
    name: text('name').primaryKey(),
    /** What may be sent at `atMs`; a whole burst while null. */
    allowed: real('allowed'),
    atMs: integer('at_ms').notNull(),
    /** Nothing is sent before this moment. */
    heldUntilMs: integer('held_until_ms').notNull(),
    /** What refusals taught; null while our own ceiling holds. */
    perMinute: real('per_minute'),
    burst: real('burst'),
    taken: integer('taken').notNull(),
    sinceMs: integer('since_ms').notNull(),
    refusedAtMs: integer('refused_at_ms').notNull(),
    refusals: integer('refusals').notNull(),
    ahead: integer('ahead').notNull(),
    assignmentUntilMs: integer('assignment_until_ms').notNull(),
    preparationUntilMs: integer('preparation_until_ms').notNull(),
  },
  (table) => [index('send_budgets_by_time').on(table.atMs)],
);

/** What is known of each key at the marketplace; see `RequestBudget`. */
export const requestBudgets = sqliteTable('request_budgets', {
  /** Never the key itself. */
  name: text('name').primaryKey(),
  perWindow: integer('per_window').notNull(),
  statedUntilMs: integer('stated_until_ms').notNull(),
  windowAtMs: integer('window_at_ms').notNull(),
  left: integer('left').notNull(),
  heldUntilMs: integer('held_until_ms').notNull(),
  refusedWaitMs: integer('refused_wait_ms').notNull(),
  askAtMs: integer('ask_at_ms').notNull(),
  askingUntilMs: integer('asking_until_ms').notNull(),
});

/** What the operator is to be told: a row for each place that it goes to. */
export const alerts = sqliteTable(
  'alerts',
  {
    sequence: integer('sequence').primaryKey({ autoIncrement: true }),
    sink: text('sink').notNull(),
    key: text('key').notNull(),
    content: text('content').notNull(),
    keptAtMs: integer('kept_at_ms').notNull(),
    refusals: integer('refusals').notNull().default(0),
    /** When it was sent or given up; null while it waits. */
    doneAtMs: integer('done_at_ms'),
  },
  (table) => [
    uniqueIndex('alerts_key').on(table.sink, table.key),
    index('alerts_waiting')
      .on(table.sink, table.refusals, table.sequence)
      .where(sql`${table.doneAtMs} is null`),
    index('alerts_done')
      .on(table.doneAtMs)
      .where(sql`${table.doneAtMs} is not null`),
  ],
);

/** How far the history was looked through for alerts; one row. */
export const alertPosition = sqliteTable('alert_position', {
  id: integer('id').primaryKey(),
  sequence: integer('sequence').notNull(),
});

/** What alerts were about, so that the same is not told again and again. */
export const alertSubjects = sqliteTable(
  'alert_subjects',
  {
    kind: text('kind').notNull(),
    subject: text('subject').notNull(),
    atMs: integer('at_ms').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.kind, table.subject] }),
    index('alert_subjects_at').on(table.atMs),
  ],
);

/** The present hour of each place that alerts go to. */
export const alertHours = sqliteTable('alert_hours', {
  sink: text('sink').primaryKey(),
  beganAtMs: integer('began_at_ms').notNull(),
  /** How many alerts it has had. */
  kept: integer('kept').notNull(),
  /** How many of which kind were over. */
  over: text('over').notNull(),
});

/** Agents that hear nothing. */
export const offlineAgents = sqliteTable('offline_agents', {
  agent: text('agent').primaryKey(),
  reason: text('reason').notNull(),
  sinceMs: integer('since_ms').notNull(),
  seenAtMs: integer('seen_at_ms').notNull(),
  alertedAtMs: integer('alerted_at_ms'),
});

/**
 * Numbers hirings in the order in which their first attempts were opened, so that hearing one costs nothing for it. By this
 * number `hiring_words`, a full-text index that drizzle has no words for, knows them; triggers keep both.
 */
export const hiringNumbers = sqliteTable(
  'hiring_numbers',
  {
    number: integer('number').primaryKey(),
    hiringId: text('hiring_id').notNull(),
  },
  (table) => [uniqueIndex('hiring_numbers_hiring').on(table.hiringId)],
);

/** What operators had done, by the id that they gave it: the same one takes effect once. */
export const commands = sqliteTable(
  'commands',
  {
    sequence: integer('sequence').primaryKey({ autoIncrement: true }),
    id: text('id').notNull(),
    /** Of what was asked for: another one under the same id is refused. */
    digest: text('digest').notNull(),
    atMs: integer('at_ms').notNull(),
    /** Null while it is under way, and forever when its process died meanwhile. */
    answer: text('answer'),
  },
  (table) => [uniqueIndex('commands_id').on(table.id)],
);

/** Who did what by the operator's API; what was refused, too. */
export const audit = sqliteTable(
  'audit',
  {
    sequence: integer('sequence').primaryKey({ autoIncrement: true }),
    atMs: integer('at_ms').notNull(),
    who: text('who').notNull(),
    role: text('role').notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    commandId: text('command_id'),
    outcome: text('outcome').notNull(),
    /** The address that it came from. */
    client: text('client').notNull(),
  },
  (table) => [index('audit_who').on(table.who, table.sequence)],
);

/** Sessions of the operator's web page. */
export const consoleSessions = sqliteTable(
  'console_sessions',
  {
    /** Of the secret that the page keeps. */
    digest: text('digest').primaryKey(),
    /** The hash of the token that it was opened with: without that it is none. */
    tokenHash: text('token_hash').notNull(),
    openedAtMs: integer('opened_at_ms').notNull(),
    untilMs: integer('until_ms').notNull(),
  },
  (table) => [
    index('console_sessions_until').on(table.untilMs),
    index('console_sessions_token').on(table.tokenHash, table.openedAtMs),
  ],
);

/** One row: shows at opening whether the key is the right one, and takes the write that proves that writing works. */
export const keyCheck = sqliteTable('key_check', {
  id: integer('id').primaryKey(),
  sealed: blob('sealed', { mode: 'buffer' }).notNull(),
  writtenAtMs: integer('written_at_ms').notNull(),
});
