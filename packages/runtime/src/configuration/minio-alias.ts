import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { SettingProblem } from './setting-problem.ts';

/** The marketplace's page sets it, and keeps address and keys in the configuration of MinIO's client (adapter page, A7 and H). */
const ALIAS_VARIABLE = 'MINIO_ALIAS';

type Environment = Readonly<Record<string, string | undefined>>;
type Section = Record<string, unknown>;

const place = z.object({ url: z.string(), accessKey: z.string(), secretKey: z.string() });
const clientConfiguration = z.object({ aliases: z.record(z.string(), z.unknown()) });

/** Fills in what the section `storage` leaves open from MinIO's client; what it says already stays. */
export async function fillFromAlias(
  storage: Section,
  environment: Environment,
  problems: SettingProblem[],
): Promise<Section> {
  const alias = environment[ALIAS_VARIABLE];
  const isOpen = ['endpoint', 'accessKey', 'secretKey'].some((name) => storage[name] === undefined);
  if (alias === undefined || alias === '' || !isOpen) return storage;
  const found = fromVariable(environment[`MC_HOST_${alias}`]) ?? (await fromFile(alias, environment));
  if (found === undefined) {
    problems.push({ where: ALIAS_VARIABLE, code: 'unknown_alias', alias });
    return storage;
  }
  return { endpoint: found.url, accessKey: found.accessKey, secretKey: found.secretKey, ...storage };
}

/**
 * `MC_HOST_<alias>`, which wins over the client's own file. Keys stand there in URL form, and to the letter where that is no
 * URL with them in it: so the client reads it, and a key may hold `%`, `/`, `#`, `?` or `@`.
 */
function fromVariable(text: string | undefined): z.output<typeof place> | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url !== null && url.username !== '' && `${url.pathname}${url.search}${url.hash}` === '/') {
    try {
      const [accessKey, secretKey] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
      return { url: url.origin, accessKey, secretKey };
    } catch {
      // A `%` that begins nothing.
    }
  }
  const [, scheme, accessKey, secretKey, host] =
    /^(https?:\/\/)([^:/@]{1,200}):(.{1,2000})@([^@]{1,300})$/i.exec(text.trim()) ?? [];
  if (accessKey === undefined || secretKey === undefined) return undefined;
  return { url: `${scheme}${host}`, accessKey, secretKey };
}

async function fromFile(
  alias: string,
  environment: Environment,
): Promise<z.output<typeof place> | undefined> {
  const folder = environment['MC_CONFIG_DIR'] ?? join(environment['HOME'] ?? '', '.mc');
  const text = await readFile(join(folder, 'config.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { aliases } = clientConfiguration.parse(JSON.parse(text));
    return place.safeParse(Object.hasOwn(aliases, alias) ? aliases[alias] : undefined).data;
  } catch {
    return undefined;
  }
}
