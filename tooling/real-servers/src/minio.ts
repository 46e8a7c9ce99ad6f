import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { answers, Daemon, freePort } from './daemon.ts';
import { run, type Tools } from './tools.ts';

export interface MinioOptions {
  readonly tools: Tools;
  readonly folder: string;
  readonly bucket: string;
}

/** A real S3 server, with root's view of its one bucket. */
export class Minio {
  readonly url: string;
  readonly bucket: string;
  readonly root: { readonly user: string; readonly password: string };
  readonly #options: MinioOptions;
  readonly #client: S3Client;
  #daemon: Daemon | undefined;

  private constructor(options: MinioOptions, url: string, password: string) {
    this.#options = options;
    this.url = url;
    this.bucket = options.bucket;
    this.root = { user: 'root', password };
    this.#client = new S3Client({
      endpoint: url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: this.root.user, secretAccessKey: password },
    });
  }

  static async start(options: MinioOptions): Promise<Minio> {
    await mkdir(options.folder, { recursive: true });
    const url = `http://127.0.0.1:${await freePort()}`;
    const minio = new Minio(options, url, randomBytes(24).toString('hex'));
    await minio.restart();
    await minio.#client.send(new CreateBucketCommand({ Bucket: options.bucket }));
    return minio;
  }

  /** Starts it, or ends it and starts it again on the same data. */
  async restart(): Promise<void> {
    await this.#daemon?.stop();
    const { tools, folder } = this.#options;
    this.#daemon = await Daemon.start({
      program: join(tools.bin, 'minio'),
      arguments: ['server', '--quiet', '--address', new URL(this.url).host, join(folder, 'data')],
      environment: {
        PATH: process.env['PATH'] ?? '',
        HOME: folder,
        MINIO_ROOT_USER: this.root.user,
        MINIO_ROOT_PASSWORD: this.root.password,
        MINIO_BROWSER: 'off',
      },
      folder,
      logFile: join(folder, 'minio.log'),
      ready: async () => await answers(`${this.url}/minio/health/ready`),
      readyWithinMs: 60_000,
    });
  }

  async stop(): Promise<void> {
    this.#client.destroy();
    await this.#daemon?.stop();
  }

  /** Makes a user with a policy of its own. */
  async createUser(name: string, secret: string, statements: readonly object[]): Promise<void> {
    const file = join(this.#options.folder, `${name}.policy.json`);
    await writeFile(file, JSON.stringify({ Version: '2012-10-17', Statement: statements }));
    await this.mc(['admin', 'policy', 'create', 's3', name, file]);
    await this.mc(['admin', 'user', 'add', 's3'], `${name}\n${secret}\n`);
    await this.mc(['admin', 'policy', 'attach', 's3', name, '--user', name]);
  }

  /** A worker's user, with the rights that HiClaw gives it (HiClaw reference, 5). */
  async createWorkerUser(name: string, secret: string): Promise<void> {
    const bucket = `arn:aws:s3:::${this.bucket}`;
    const prefixes = ['agents', 'agents/', `agents/${name}`, `agents/${name}/*`, 'shared', 'shared/*'];
    await this.createUser(name, secret, [
      { Effect: 'Allow', Action: ['s3:GetBucketLocation'], Resource: [bucket] },
      {
        Effect: 'Allow',
        Action: ['s3:ListBucket'],
        Resource: [bucket],
        Condition: { StringLike: { 's3:prefix': prefixes } },
      },
      {
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        Resource: [`${bucket}/agents/${name}/*`, `${bucket}/shared/*`],
      },
    ]);
  }

  /** Runs MinIO's client as root; the server is the alias `s3`. Its credentials are in no process list. */
  async mc(commandArguments: readonly string[], input = ''): Promise<string> {
    const { tools, folder } = this.#options;
    const alias = `http://${this.root.user}:${this.root.password}@${new URL(this.url).host}`;
    const { succeeded, output } = await run(
      join(tools.bin, 'mc'),
      ['--quiet', '--config-dir', join(folder, 'mc'), ...commandArguments],
      { MC_HOST_s3: alias },
      input,
    );
    if (!succeeded) throw new Error(`mc ${commandArguments.slice(0, 3).join(' ')}: ${output}`);
    return output;
  }

  async put(key: string, text: string): Promise<void> {
    await this.#client.send(new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: text }));
  }

  async get(key: string): Promise<string> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
    return (await Body?.transformToString()) ?? '';
  }

  /** The first thousand keys that begin with `prefix`. */
  async keys(prefix: string): Promise<string[]> {
    const { Contents = [] } = await this.#client.send(
      new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix }),
    );
    return Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
  }
}
