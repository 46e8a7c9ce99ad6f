import { describe } from 'vitest';
import { until } from '@agrenting-hiclaw/sandbox/testing';
import { test } from './environment.ts';

const TITLES = ['Translate the letter of the first hirer.', 'Summarise the book of the second hirer.'];

describe('a room that jobs share', () => {
  test("is cleared before each, so that no hirer's words stand in another's job", async ({
    openEnvironment,
    expect,
  }) => {
    const env = await openEnvironment();
    await env.startApp();
    await env.listening();
    const hirings = TITLES.map((title) => env.hire('alice', title));
    for (const { id } of hirings) await env.ended(id);
    const { hiclaw } = env;
    const said = hiclaw
      .timeline(hiclaw.worker('alice').roomId)
      .filter(({ sender }) => sender === hiclaw.homeserver.adapter.userId)
      .map(({ content }) => JSON.stringify(content));
    const purposes = said.flatMap((text) => /"com.agrenting.purpose":"(\w+)"/.exec(text)?.[1] ?? []);
    expect(purposes).toEqual(['clear', 'assignment', 'clear', 'assignment']);
    // Which of two simultaneous hirings is sent first is up to the adapter.
    const ids = hirings.map(({ id }) => id);
    const last = ids.find((id) => said.at(-1)?.includes(id) === true) ?? '';
    const first = ids.find((id) => id !== last) ?? '';
    const session = () => hiclaw.objects('agents/alice/.copaw/sessions/')[0]?.key ?? '';
    await until(() => hiclaw.object(session())?.toString().includes(last) === true);
    expect(last).not.toBe('');
    expect(hiclaw.object(session())?.toString()).not.toContain(first);
  });
});

describe('a room for each hiring', () => {
  test("keeps one hirer's words out of another's job, and is left", async ({ openEnvironment, expect }) => {
    const env = await openEnvironment({ workers: [{ name: 'alice', adapterAllowedDirectly: true }] });
    const { hiclaw } = env;
    const ownRooms = () => hiclaw.rooms().filter(({ name }) => String(name).startsWith('Agrenting'));
    const app = await env.startApp({
      matrix: { ...env.matrix(), keepRoomsHours: 0 },
    });
    await env.listening();
    const hirings = TITLES.map((title) => env.hire('alice', title));
    for (const { id } of hirings) {
      await env.ended(id);
      expect(env.settlements(id)).toEqual(['result']);
    }
    expect(env.said()).toEqual([]);
    expect(ownRooms()).toHaveLength(2);

    const sessions = () => hiclaw.objects('agents/alice/.copaw/sessions/').map(({ key }) => key);
    await until(() => sessions().length === 2);
    for (const [index, { id }] of hirings.entries()) {
      const other = hirings[1 - index]?.id ?? '';
      const room = ownRooms().find(({ name }) => String(name).includes(id.slice(0, 8)));
      const spoken = JSON.stringify(hiclaw.timeline(room?.roomId ?? ''));
      expect(spoken).toContain(id);
      expect(spoken).not.toContain(other);
      const received = sessions()
        .map((key) => hiclaw.object(key)?.toString() ?? '')
        .filter((text) => text.includes(id));
      expect(received).toHaveLength(1);
      expect(received[0]).not.toContain(other);
    }

    await app.close();
    await env.startApp({ matrix: { ...env.matrix(), keepRoomsHours: 0 } });
    await until(() => ownRooms().every(({ members }) => members.length === 0));
  });

  test('is not opened where the worker would not hear us in it', async ({ openEnvironment, expect }) => {
    const env = await openEnvironment();
    await env.startApp();
    await env.listening();
    const { id } = env.hire();
    await env.ended(id);
    expect(env.assignments()).toEqual([`${id} 1`]);
    expect(env.hiclaw.rooms().filter(({ name }) => String(name).startsWith('Agrenting'))).toEqual([]);
  });
});
