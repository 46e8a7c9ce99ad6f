import { AppProcess } from '@agrenting-hiclaw/sandbox/testing';
import { MAIN, test } from './environment.ts';

const FOUR_HOURS_MS = 4 * 3_600_000;

test('a deadline without a zone is in UTC, wherever this process runs', async ({ openBox, expect }) => {
  const box = await openBox();
  const app = await AppProcess.start(box.folder, box.settings({ log: { level: 'info' } }), {
    main: MAIN,
    environment: { TZ: 'Asia/Shanghai' },
  });
  try {
    await box.listening();
    const deadlineAt = new Date(Date.now() + FOUR_HOURS_MS).toISOString().slice(0, 19);
    const { id } = box.hire('alice', 'Write a note about escrow for newcomers.', { deadlineAt });
    await box.ended(id);
    expect(box.settlements(id)).toEqual(['result']);
  } finally {
    await app.stop();
  }
});
