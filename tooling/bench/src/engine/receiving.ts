import { ingest, type IntakeParts } from '@agrenting-hiclaw/app';
import { pendingHiring } from '@agrenting-hiclaw/core/agrenting';
import { agentIdSchema } from '@agrenting-hiclaw/core/domain';
import { agentIdOf, hiringDocument } from '../seller.ts';

/** One hire is announced; resolves when it is on disk. */
export async function receiveOne(parts: IntakeParts, id: string, agent: number): Promise<void> {
  const { store, clock, log } = parts;
  const agentId = agentIdSchema.parse(agentIdOf(agent));
  const items = [pendingHiring(hiringDocument(id, agentId))];
  const [outcome] = await ingest({ intake: 'mcp', items, agentId, store, clock, log });
  if (outcome?.kind !== 'new') throw new Error(`hiring ${id} was heard as ${outcome?.kind ?? 'nothing'}`);
}
