import { AppProcess } from '@agrenting-hiclaw/sandbox/testing';
import { MAIN, test } from './environment.ts';

const FOUR_HOURS_MS = 4 * 3_600_000;

test('a deadline without a zone is in UTC, wherever this process runs', async ({
  openEnvironment,
  expect,
}) => {
  const env = await openEnvironment();
  const app = await AppProcess.start(env.folder, env.settings({ log: { level: 'info' } }), {
    main: MAIN,
    environment: { TZ: 'Asia/Shanghai' },
  });
  try {
    await env.listening();
    const deadlineAt = new Date(Date.now() + FOUR_HOURS_MS).toISOString().slice(0, 19);
    const { id } = env.hire('alice', 'Write a note about escrow for newcomers.', { deadlineAt });
    await env.ended(id);
    expect(env.settlements(id)).toEqual(['result']);
  } finally {
    await app.stop();
  }
});
