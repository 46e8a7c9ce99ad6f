import type { ObjectClient } from '../object-client.ts';
import type { WorkerMachine } from '../profile.ts';

/** What a worker has at hand for a job. */
export interface JobTools {
  readonly machine: WorkerMachine;
  readonly objects: ObjectClient;
  readonly signal: AbortSignal;
  /** Says something in the room of the job; a mention is given by the MXIDs in the text. */
  readonly say: (text: string) => Promise<void>;
  /** Puts a file into the room of the job. */
  readonly publish: (name: string, content: string) => Promise<void>;
}
