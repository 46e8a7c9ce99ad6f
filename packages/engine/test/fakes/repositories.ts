import type { PushOrder, PushOutcome, Repositories, SourceOutcome } from '@agrenting-hiclaw/core/domain';

/** A repository that keeps what is pushed to it. */
export class FakeRepositories implements Repositories {
  readonly orders: PushOrder[] = [];
  sources = 0;
  sourceFault: Exclude<SourceOutcome, { kind: 'source' }> | undefined;
  pushFaults: Exclude<PushOutcome, { kind: 'pushed' }>[] = [];

  async source(): Promise<SourceOutcome> {
    this.sources += 1;
    const bundle = Buffer.from('a bundle');
    return this.sourceFault ?? { kind: 'source', bundle, branch: 'main', commit: 'c0ffee' };
  }

  async push(order: PushOrder): Promise<PushOutcome> {
    const fault = this.pushFaults.shift();
    if (fault !== undefined) return fault;
    this.orders.push(order);
    const branch = `agrenting/${order.taskId}`;
    return { kind: 'pushed', branch, commits: ['beef01'], filesChanged: ['footer.css'] };
  }
}
