import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import { openTestStore, temporaryDirectory } from '../../../test/fixtures.ts';

/** These may read a whole table or index; each says why that stays small. */
const SCANS: readonly RegExp[] = [
  // One entry per state is counted out of an index; asked for a page of numbers, not on the way of a hiring.
  /^SCAN hirings USING COVERING INDEX hirings_state: select/,
  // Goes through the documents without a hiring, of which each agent has two hundred at most.
  /^(?:SCAN inbox USING INDEX inbox_without_hiring|SCAN \(subquery-\d+\)|USE TEMP B-TREE FOR ORDER BY): delete from "inbox" where \("inbox"\."hiring_id" is null.*\(place > 200/s,
  // Stop after a fixed number of rows.
  /^SCAN inbox USING INDEX inbox_malformed: select .* limit/,
  /^SCAN hirings USING COVERING INDEX hirings_received: select .* limit/,
  // Look at a fixed number of entries of an index, which hold all that they are narrowed by.
  /^SCAN looked: select/,
  // The full-text index finds words; the newest numbers first, a fixed number of them.
  /^SCAN hiring_words VIRTUAL TABLE INDEX \d+:.*: select .* limit/s,
  /^SCAN found: select/,
  // Look once a minute for what lies too far ahead: leases of what runs now, agents that are paused, sessions of operators.
  /^SCAN (?:leases|pauses|console_sessions USING COVERING INDEX console_sessions_token): select 1 as "one" from "leases" /,
  /^SCAN leases: update "leases" set "until_ms" = \? where "leases"\."until_ms" > \?$/,
  /^SCAN pauses: update "pauses" set "since_ms" = \? where/,
  /^SCAN console_sessions: delete from "console_sessions" where "console_sessions"\."opened_at_ms" > /,
  // Look at the start for holders that are gone, among leases of what runs now and open hirings, which are found by their due time.
  /^SCAN leases: (?:select distinct|delete from "leases" where "leases"\."holder" = \?$)/,
  /^USE TEMP B-TREE FOR DISTINCT: select distinct "(?:holder|lease_holder)"/,
  // Holds the leases of what runs now.
  /^SCAN leases USING INDEX sqlite_autoindex_leases_1: select/,
  // Counts open hirings, which are few, out of an index.
  /^USE TEMP B-TREE FOR GROUP BY: select .* from "hirings" where "hirings"."state" in/,
  // Counts the hirings of one day by hour.
  /^USE TEMP B-TREE FOR GROUP BY: select .* from "hirings" where "hirings"."received_at_ms" >= /,
  // Stop after a fixed number of rows, the newest first.
  /^SCAN (?:commands|console_sessions USING INDEX console_sessions_until): select .* limit/s,
  // Sorts the documents of one hiring, of which there are few.
  /^USE TEMP B-TREE FOR ORDER BY: delete from "inbox" where \("inbox"."hiring_id" = \?/,
  /^USE TEMP B-TREE FOR ORDER BY: select .* from "inbox" where "inbox"."hiring_id" = \? order/,
  // Sorts the documents without a hiring, of which each agent has two hundred at most.
  /^USE TEMP B-TREE FOR ORDER BY: select .* from "inbox" where \("inbox"."hiring_id" is null/,
  // Counts at most a few dozen rows, which it finds by their due time.
  /^SCAN bounded: select count/,
  // Holds only the rooms of attempts under way, all of which are listened to.
  /^SCAN attempt_rooms USING INDEX attempt_rooms_in_use: select/,
  // Holds at most five messages of each worker, whose text is being read.
  /^(?:SCAN worker_activity USING INDEX activity_unread|USE TEMP B-TREE FOR ORDER BY): select min\("sequence"\)/,
  // Holds only agents that are paused, and a person asks.
  /^SCAN pauses: delete from "pauses"$/,
  /^SCAN pauses: select "agent_id"/,
  /^USE TEMP B-TREE FOR ORDER BY: select .* from "pauses"/,
  // Holds a row per agent, and a person asks.
  /^SCAN agent_sessions USING INDEX sqlite_autoindex_agent_sessions_1: select/,
  // Holds only agents that hear nothing now.
  /^SCAN offline_agents: select/,
  // Stops at the newest row.
  /^SCAN history: select .* desc limit/,
  // Groups what was paid in the days that were asked for: a row per agent, day and price.
  /^USE TEMP B-TREE FOR GROUP BY: select "agent_id", "at_ms" \/ 86400000/,
  // Has one row.
  /^SCAN key_check: update/,
];

test('no statement of the store reads a whole table', async () => {
  const directory = temporaryDirectory();
  const prepare = vi.spyOn(Database.prototype, 'prepare');
  const file = join(directory.path, 'store.db');
  const { store } = openTestStore(file);
  const statements = prepare.mock.calls.map(([statement]) => statement);
  prepare.mockRestore();

  const sqlite = new Database(file);
  const scans = statements
    .filter((statement) => /^(select|update|delete|insert)\b.*"/i.test(statement))
    .flatMap((statement) => {
      const plan = sqlite.prepare<unknown[], { detail: string }>(`explain query plan ${statement}`);
      const parameters = Array.from({ length: statement.split('?').length - 1 }, () => 1);
      return plan.all(...parameters).map(({ detail }) => ({ detail, statement }));
    })
    .filter(
      ({ detail, statement }) =>
        /\bSCAN\b|TEMP B-TREE/.test(detail) && !SCANS.some((known) => known.test(`${detail}: ${statement}`)),
    );
  sqlite.close();
  await store.close();
  directory.remove();

  expect(statements.length).toBeGreaterThan(40);
  expect(scans).toEqual([]);
});
