import { join } from 'node:path';
import type { Store } from '@agrenting-hiclaw/core/domain';
import { describe } from 'vitest';
import { KEY, temporaryDirectory } from '../../test/fixtures.ts';
import { alertLogContract } from '../../test/alert-log.contract.ts';
import { hiringStoreContract } from '../../test/hiring-store.contract.ts';
import { leasesContract } from '../../test/leases.contract.ts';
import { sendBudgetContract } from '../../test/send-budget.contract.ts';
import { activityLogContract } from '../../test/worker-activity.contract.ts';
import type { Subject } from '../../test/subject.ts';
import { openStore } from './store.ts';

async function openSubject(): Promise<Subject> {
  const directory = temporaryDirectory();
  const clock = { nowMs: 1_000 };
  const open: Store[] = [];
  const another = async (): Promise<Store> => {
    const store = openStore({
      file: join(directory.path, 'store.db'),
      key: KEY,
      clockNowMs: () => clock.nowMs,
    });
    open.push(store);
    return await Promise.resolve(store);
  };
  const closeAll = async (): Promise<void> => {
    for (const store of open.splice(0)) await store.close();
  };
  const { hirings, leases, activities, budgets, alerts } = await another();
  return {
    hirings,
    leases,
    activities,
    budgets,
    alerts,
    clock,
    another,
    restart: async () => {
      await closeAll();
      return await another();
    },
    close: async () => {
      await closeAll();
      directory.remove();
    },
  };
}

describe('hirings in SQLite', () => {
  hiringStoreContract(openSubject);
});
describe('activities in SQLite', () => {
  activityLogContract(openSubject);
});
describe('leases in SQLite', () => {
  leasesContract(openSubject);
});
describe('send budgets in SQLite', () => {
  sendBudgetContract(openSubject);
});
describe('alerts in SQLite', () => {
  alertLogContract(openSubject);
});
