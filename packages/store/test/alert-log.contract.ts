import type { AlertLog, AlertRules, NewAlert } from '@agrenting-hiclaw/core/domain';
import { expect, test } from 'vitest';
import { AGENT, deliveryOf, newHiringId, openingOf, take } from './fixtures.ts';
import { freshSubject, type OpenSubject } from './subject.ts';

const START_MS = 1_000_000_000;
const HOUR_MS = 3_600_000;

const RULES: AlertRules = {
  sinks: ['matrix', 'webhook'],
  perHour: 3,
  repeatAfterMs: HOUR_MS,
  summarize: (counts) => JSON.stringify(counts),
};

const alertOf = (key: string, more: Partial<NewAlert> = {}): NewAlert => ({
  key,
  kind: 'attention',
  text: `look at ${key}`,
  atMs: START_MS,
  ...more,
});

/** What every `AlertLog` does. */
export function alertLogContract(open: OpenSubject): void {
  const subject = freshSubject(open);

  /** Takes everything that waits for a place; gives the keys in their order. */
  async function drain(alerts: AlertLog, sink: string): Promise<readonly string[]> {
    const keys: string[] = [];
    for (;;) {
      const waiting = await alerts.next(sink);
      if (waiting === undefined) return keys;
      keys.push(waiting.alert.key);
      await alerts.sent(waiting, START_MS);
    }
  }

  async function openHiring(): Promise<string> {
    const id = newHiringId();
    await subject.hirings.accept([deliveryOf(id)]);
    await take(subject.hirings, id, openingOf(id, 1, 1_000), 1_000);
    return id;
  }

  test('begins at the newest move, and gives what comes behind it until that is passed', async () => {
    await openHiring();
    expect(await subject.alerts.unread(10)).toEqual([]);
    const id = await openHiring();
    const [transition] = await subject.alerts.unread(10);
    expect(transition).toMatchObject({
      hiringId: id,
      agentId: AGENT,
      attempt: 1,
      to: 'confirmed',
      sequence: 2,
    });
    expect(await subject.alerts.unread(10)).toHaveLength(1);
    await subject.alerts.keep([], RULES, START_MS, transition?.sequence);
    expect(await subject.alerts.unread(10)).toEqual([]);
  });

  test('keeps what was found with the position, no matter who comes first, through a restart', async () => {
    const other = await subject.another();
    await subject.alerts.unread(1);
    await openHiring();
    await Promise.all([
      subject.alerts.keep([alertOf('one')], RULES, START_MS, 1),
      other.alerts.keep([alertOf('one')], RULES, START_MS, 1),
    ]);
    const again = await subject.restart();
    expect(await again.alerts.unread(10)).toEqual([]);
    expect(await drain(again.alerts, 'matrix')).toEqual(['one']);
    expect(await drain(again.alerts, 'webhook')).toEqual(['one']);
  });

  test('gives an alert back as it was kept', async () => {
    const alert = alertOf('one', {
      kind: 'paid',
      hiringId: newHiringId(),
      agentId: AGENT,
      attempt: 2,
      amount: { price: '10.00', payoutForecast: '9.50' },
    });
    await subject.alerts.keep([{ ...alert, subject: 'it' }], RULES, START_MS);
    expect(await subject.alerts.next('matrix')).toMatchObject({ alert, keptAtMs: START_MS });
  });

  test('is sent once by its key, also when it was sent long ago', async () => {
    await subject.alerts.keep([alertOf('one')], RULES, START_MS);
    await drain(subject.alerts, 'matrix');
    await subject.alerts.keep([alertOf('one')], RULES, START_MS + HOUR_MS);
    expect(await drain(subject.alerts, 'matrix')).toEqual([]);
  });

  test('drops another of a kind about the same for a while, and only that', async () => {
    const about = (key: string, more: Partial<NewAlert> = {}) => alertOf(key, { subject: 'x', ...more });
    const found = [
      about('one'),
      about('same'),
      about('other-kind', { kind: 'failed' }),
      about('other', { subject: 'y' }),
    ];
    await subject.alerts.keep(found, RULES, START_MS);
    expect(await drain(subject.alerts, 'matrix')).toEqual(['one', 'other-kind', 'other']);
    const later = START_MS + HOUR_MS;
    await subject.alerts.keep([about('soon', { atMs: later - 1 })], RULES, later);
    await subject.alerts.keep([about('late', { atMs: later })], RULES, later);
    expect(await drain(subject.alerts, 'matrix')).toEqual(['late']);
  });

  test('sums up what is over the number of an hour, for each place separately', async () => {
    await subject.alerts.keep([alertOf('w')], { ...RULES, sinks: ['webhook'] }, START_MS);
    const found = ['a', 'b', 'c', 'd', 'e'].map((key) => alertOf(key, { kind: 'paid' }));
    await subject.alerts.keep([...found, alertOf('f')], RULES, START_MS);
    expect(await drain(subject.alerts, 'matrix')).toEqual(['a', 'b', 'c']);
    expect(await drain(subject.alerts, 'webhook')).toEqual(['w', 'a', 'b']);
    await subject.alerts.keep([], RULES, START_MS + HOUR_MS - 1);
    expect(await subject.alerts.next('matrix')).toBeUndefined();
    await subject.alerts.keep([], RULES, START_MS + HOUR_MS);
    expect(await subject.alerts.next('matrix')).toMatchObject({
      alert: { kind: 'summary', text: '{"paid":2,"attention":1}' },
    });
    expect(await subject.alerts.next('webhook')).toMatchObject({
      alert: { text: '{"paid":3,"attention":1}' },
    });
    expect(await drain(subject.alerts, 'matrix')).toHaveLength(1);
    await subject.alerts.keep([], RULES, START_MS + 3 * HOUR_MS);
    expect(await drain(subject.alerts, 'matrix')).toEqual([]);
  });

  test('lets others go before one that was refused, and gives up what is too old', async () => {
    await subject.alerts.keep([alertOf('one'), alertOf('two')], RULES, START_MS);
    const one = await subject.alerts.next('matrix');
    expect(one?.alert.key).toBe('one');
    if (one !== undefined) await subject.alerts.refused(one);
    await subject.alerts.keep([alertOf('three')], RULES, START_MS + 10);
    expect((await subject.alerts.next('matrix'))?.alert.key).toBe('two');
    expect(await subject.alerts.giveUp('matrix', START_MS + 5, START_MS + 10)).toBe(2);
    expect(await drain(subject.alerts, 'matrix')).toEqual(['three']);
    expect(await drain(subject.alerts, 'webhook')).toEqual(['one', 'two', 'three']);
  });

  test('knows since when an agent is offline, no matter who notes it, and whether that was told', async () => {
    const other = await subject.another();
    const offline = (key: string) => alertOf(key, { kind: 'agent_offline', subject: AGENT });
    await subject.alerts.noteOffline([{ agent: AGENT, reason: 'silent' }], START_MS);
    await other.alerts.noteOffline([{ agent: AGENT, reason: 'refused' }], START_MS + 5);
    const known = { agent: AGENT, reason: 'refused', sinceMs: START_MS, seenAtMs: START_MS + 5 };
    expect(await subject.alerts.offlineAgents()).toEqual([{ ...known, alertedAtMs: undefined }]);
    expect(await subject.alerts.alertOffline(AGENT, offline('one'), RULES, START_MS + 6)).toBe(true);
    expect(await other.alerts.offlineAgents()).toEqual([{ ...known, alertedAtMs: START_MS + 6 }]);
    await subject.alerts.forgetOffline(
      AGENT,
      alertOf('agent_online', { kind: 'agent_online' }),
      RULES,
      START_MS + 7,
    );
    expect(await subject.alerts.offlineAgents()).toEqual([]);
    expect(await drain(subject.alerts, 'matrix')).toEqual(['one', 'agent_online']);
    await subject.alerts.noteOffline([{ agent: AGENT, reason: 'silent' }], START_MS + 8);
    expect(await subject.alerts.alertOffline(AGENT, offline('two'), RULES, START_MS + 8)).toBe(false);
    expect(await subject.alerts.offlineAgents()).toMatchObject([
      { sinceMs: START_MS + 8, alertedAtMs: undefined },
    ]);
  });
}
