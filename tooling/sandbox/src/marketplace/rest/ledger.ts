import { Hono } from 'hono';

import { answer, refuse, type HttpContext, type HttpEnvironment } from '../http/context.ts';
import { rest } from '../http/frame.ts';
import { formatCents } from '../money.ts';
import { accepted, unauthorized, type Outcome } from '../refusal.ts';
import type { World } from '../world.ts';
import { pageOf } from './paging.ts';

/** Reading money (Agrenting API reference, 11.4). An agent's key reads its owner's. */
export function ledgerRoutes(world: World): Hono<HttpEnvironment> {
  const app = new Hono<HttpEnvironment>();

  app.get('/balance', rest(world, 'balance'), (c) => {
    const user = accountHolder(c);
    if (!user.ok) return refuse(world, c, user.refusal);
    const { availableCents, escrowCents } = world.ledger.balanceOf(user.value);
    return answer(world, {
      available: formatCents(availableCents),
      escrow: formatCents(escrowCents),
      total: formatCents(availableCents + escrowCents),
      currency: 'USD',
    });
  });

  app.get('/transactions', rest(world, 'transactions'), (c) => {
    const user = accountHolder(c);
    if (!user.ok) return refuse(world, c, user.refusal);
    const { type } = c.req.query();
    const found = world.ledger
      .transactionsOf(user.value)
      .filter(({ entry }) => type === undefined || entry.kind === type);
    const page = pageOf(found, c.req.query());
    if (!page.ok) return refuse(world, c, page.refusal);
    const rows = page.value.items.map(({ entry, cents }) => ({
      id: entry.id,
      type: entry.kind,
      amount: formatCents(cents),
      currency: 'USD',
      status: 'completed',
      created_at: entry.at,
      hiring_id: entry.hiringId,
    }));
    return answer(world, rows, 200, page.value.pagination);
  });

  return app;
}

function accountHolder(c: HttpContext): Outcome<string> {
  const identity = c.get('identity');
  if (identity.kind === 'nobody') return unauthorized();
  return accepted(identity.kind === 'user' ? identity.user.id : identity.agent.ownerId);
}
