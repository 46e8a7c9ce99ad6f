import { agentIdSchema, parseDocumentForm } from '@agrenting-hiclaw/core/domain';
import { createLogger, systemClock } from '@agrenting-hiclaw/runtime';
import { expect, test } from 'vitest';
import { openTemporaryStore } from '../../store/test/temporary-store.ts';
import { ingest } from './ingest.ts';

const agentId = agentIdSchema.parse('4816cd2a-e54a-4e6b-8fa1-61d360cccf8f');
const wellFormed = '550e8400-e29b-41d4-a716-446655440000';
const malformed = '550e8400-e29b-41d4-a716-446655440001';

test('a malformed hiring is kept for the operator, is still read by its id, and keeps none of its neighbours from being heard', async () => {
  const temporary = openTemporaryStore();
  const { store } = temporary;
  const documents = [
    { id: malformed },
    { id: wellFormed, status: 'in_progress', task_description: 'x' },
    'nonsense',
  ];
  const items = documents.map((document) => ({
    parsed: parseDocumentForm(document),
    raw: JSON.stringify(document),
  }));
  try {
    await ingest({
      intake: 'mcp',
      items,
      agentId,
      store,
      clock: systemClock,
      log: createLogger('test', 'silent'),
    });
    const kept = await store.malformedDeliveries(10);
    expect(kept.map(({ hiringId, problem }) => `${hiringId ?? 'no id'}: ${problem}`).sort()).toEqual([
      `${malformed}: status is missing`,
      'no id: the hiring is not a JSON object',
    ]);
    const claims = await store.hirings.claim({
      holder: 'test',
      nowMs: Date.now() + 1000,
      leaseMs: 1000,
      limit: 10,
    });
    expect(claims.map(({ record }) => record.hiringId).sort()).toEqual([wellFormed, malformed]);
  } finally {
    await temporary.close();
  }
});
