import type { HiringId } from '../../domain/index.ts';
import { documentShape } from '../document-shape.ts';
import { hiringIn, oddItemIn } from '../find-pending.ts';
import type { SessionRead } from './hiring-source.ts';
import type { McpSession } from './mcp-session.ts';
import { documentsOf, hasList } from './resource-documents.ts';

/**
 * Reads one hiring over a session: `hiring://{id}`, else the pending list. That a server knows no
 * `hiring://{id}` says nothing of the hiring, so `absent` needs a pending list without it
 * (Agrenting API reference, 7.6 and 21 #1).
 */
export async function findHiring(session: McpSession, hiringId: HiringId): Promise<SessionRead> {
  const single = await session.read(`hiring://${hiringId}`);
  if (single.kind === 'failed') return { kind: 'unavailable', problem: single.problem };
  const documents = single.kind === 'texts' ? documentsOf(single.texts) : [];
  const shown = hiringIn(documents, hiringId);
  if (shown !== undefined) return { kind: 'found', hiring: shown };
  const pending = await session.readPending();
  if (pending.kind !== 'texts') return { kind: 'unavailable', problem: pending.problem };
  const listed = documentsOf(pending.texts);
  const hiring = hiringIn(listed, hiringId);
  if (hiring !== undefined) return { kind: 'found', hiring };
  const odd = oddItemIn([...documents, ...listed], hiringId);
  if (odd === undefined) {
    // Only a list that came says what is not in it.
    return hasList(pending.texts)
      ? { kind: 'absent' }
      : { kind: 'unavailable', problem: 'the MCP server returned no list of hirings' };
  }
  const problem = 'the marketplace returned documents that are not hirings';
  return { kind: 'malformed', problem, evidence: documentShape(odd) };
}
