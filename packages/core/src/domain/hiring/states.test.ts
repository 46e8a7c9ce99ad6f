import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENDS, EVENTS, isEnd, next, STATES, TRANSITIONS, type Event, type State } from './states.ts';

const events = Object.keys(EVENTS).filter((name): name is Event => name in EVENTS);

function reachableFrom(start: State): Set<State> {
  const reached = new Set<State>([start]);
  for (const state of reached) {
    for (const event of events) {
      const to = next(state, event);
      if (to !== undefined) reached.add(to);
    }
  }
  return reached;
}

describe('state table', () => {
  test('leads from heard to completed by the way of a hiring', () => {
    const way: Event[] = [
      'confirmed',
      'staged',
      'sent',
      'acknowledged',
      'submitted',
      'result_accepted',
      'result_settled',
    ];
    const states = way.reduce<State[]>(
      (passed, event) => [...passed, next(passed.at(-1) ?? 'received', event) ?? 'received'],
      ['received'],
    );
    expect(states).toEqual([
      'received',
      'confirmed',
      'staged',
      'sent',
      'acknowledged',
      'submitted',
      'settling',
      'completed',
    ]);
  });

  test('reaches every state from heard', () => {
    expect([...reachableFrom('received')].sort()).toEqual([...STATES].sort());
  });

  test.each(Object.keys(TRANSITIONS).filter((name): name is State => STATES.some((state) => state === name)))(
    'leads from %s to an end',
    (state) => {
      expect(ENDS.some((end) => reachableFrom(state).has(end))).toBe(true);
    },
  );

  test('uses every event', () => {
    const used = new Set(Object.values(TRANSITIONS).flatMap((transitions) => Object.keys(transitions)));
    expect([...used].sort()).toEqual([...events].sort());
  });

  test('never changes an end, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 40 }), (happenings) => {
        let state: State = 'received';
        for (const event of happenings) {
          const to = next(state, event);
          expect(isEnd(state) ? to : undefined).toBeUndefined();
          state = to ?? state;
        }
      }),
    );
  });

  test('pays only for what was settled', () => {
    const toCompleted = STATES.flatMap((state) =>
      events.filter((event) => next(state, event) === 'completed'),
    );
    expect([...new Set(toCompleted)].sort()).toEqual(['over_completed', 'result_settled']);
  });
});
