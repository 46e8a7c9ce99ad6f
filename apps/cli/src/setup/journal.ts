import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomic } from '@agrenting-hiclaw/operations';

const journalSchema = z.object({
  version: z.literal(1),
  /** What set-up itself changed, so that undoing takes back nothing that was there before. */
  made: z.array(
    z.object({
      what: z.enum([
        'room',
        'allow-list',
        'channel-policy',
        'manager-list',
        'storage-user',
        'storage-delete',
      ]),
      of: z.string(),
    }),
  ),
});
export type Made = z.output<typeof journalSchema>['made'][number];

/** What set-up changed, beside the configuration file, each entry on disk before the next change begins. */
export class Journal {
  readonly file: string;
  #made: Made[];

  private constructor(file: string, made: Made[]) {
    this.file = file;
    this.#made = made;
  }

  static async open(file: string): Promise<Journal> {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    return new Journal(file, text === undefined ? [] : journalSchema.parse(JSON.parse(text)).made);
  }

  get made(): readonly Made[] {
    return this.#made;
  }

  has(entry: Made): boolean {
    return this.#made.some(({ what, of }) => what === entry.what && of === entry.of);
  }

  async note(entry: Made): Promise<void> {
    if (this.has(entry)) return;
    this.#made.push(entry);
    await this.#save();
  }

  async forget(entry: Made): Promise<void> {
    this.#made = this.#made.filter(({ what, of }) => what !== entry.what || of !== entry.of);
    await this.#save();
  }

  async #save(): Promise<void> {
    await writeFileAtomic(
      this.file,
      `${JSON.stringify({ version: 1, made: this.#made }, undefined, 2)}
`,
    );
  }
}
