// The adapter in a process that can be killed: hears one hire as soon as it can, and says when that was on disk.
import { z } from 'zod';
import { startBenchAdapter } from './adapter.ts';
import { receiveOne } from './receiving.ts';

const orderSchema = z.object({
  outsideUrl: z.string(),
  storeFile: z.string(),
  storeKey: z.string(),
  agents: z.number(),
  hiringId: z.string(),
});

const { hiringId, ...place } = orderSchema.parse(JSON.parse(process.argv[2] ?? ''));
process.on('disconnect', () => process.exit());
await startBenchAdapter(place, (parts) => {
  const received = receiveOne(parts, hiringId, 0).then(
    () => process.send?.({ acceptedNs: process.hrtime.bigint().toString() }),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
  void received;
});
