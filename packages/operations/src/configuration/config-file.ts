import { readFile } from 'node:fs/promises';
import { parseDocument, type Document } from 'yaml';
import { OperationError } from '../operation-error.ts';
import { writeFileAtomic } from './write-file-atomic.ts';

/** A configuration file that need not be whole yet. Comments and order in it are kept. */
export class ConfigFile {
  readonly file: string;
  readonly #document: Document;

  private constructor(file: string, document: Document) {
    this.file = file;
    this.#document = document;
  }

  static async read(file: string): Promise<ConfigFile> {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      throw new OperationError('misconfigured', `${file} cannot be read (${why})`, {
        remedy: 'Run `agrenting-hiclaw init` first, or set --config.',
      });
    });
    const document = parseDocument(text);
    if (document.errors.length > 0) {
      // Never with its words, which may be a secret.
      throw new OperationError('misconfigured', `${file} is not valid YAML`, { remedy: 'Correct the file.' });
    }
    return new ConfigFile(file, document);
  }

  /** A text, or a number as it is written; undefined when there is nothing. */
  text(...path: readonly (string | number)[]): string | undefined {
    const value: unknown = this.#document.getIn(path);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  }

  /** What stands there, as plain data. */
  value(...path: readonly (string | number)[]): unknown {
    const whole: unknown = this.#document.toJS();
    return path.reduce<unknown>(
      (found, name) =>
        typeof found === 'object' && found !== null
          ? (Object.entries(found).find(([key]) => key === String(name))?.[1] as unknown)
          : undefined,
      whole,
    );
  }

  set(path: readonly (string | number)[], value: unknown): void {
    this.#document.setIn(path, this.#document.createNode(value));
  }

  remove(path: readonly (string | number)[]): void {
    this.#document.deleteIn(path);
  }

  /** Writes it for its owner only: whole or not at all. */
  async save(): Promise<void> {
    await writeFileAtomic(this.file, this.#document.toString({ lineWidth: 0 }));
  }
}
