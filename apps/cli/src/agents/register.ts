import { ConfigFile, newKeyFile, registerWorker, readSecretFile } from '@agrenting-hiclaw/operations';
import { parseBaseUrl, problemOfCallbackUrl, type BaseUrl } from '@agrenting-hiclaw/core/agrenting';
import { Secret } from '@agrenting-hiclaw/core/domain';
import { CommandError, EXIT } from '../terminal/command-error.ts';
import { givenSecret } from '../configuration/given-secret.ts';
import { mappedWorkers } from '../configuration/mapped-workers.ts';
import { ask, askSecret } from '../terminal/ask.ts';
import { mark, printJson } from '../terminal/show.ts';
import { configurationFile, type CommonOptions, type Terminal } from '../terminal/terminal.ts';
import { callbackHeaderOf } from './webhook-key.ts';

export interface RegisterOptions extends CommonOptions {
  readonly worker?: string | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly capabilities?: string | undefined;
  readonly category?: string | undefined;
  readonly price?: string | undefined;
  readonly pricing?: string | undefined;
  readonly callbackUrl?: string | undefined;
  readonly callbackHeader?: string | undefined;
  readonly force?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

const PRICE = /^\d{1,9}(\.\d{1,2})?$/;
const PRICING = ['fixed', 'auction', 'hybrid'] as const;

/**
 * Offers a worker on the marketplace: registers an agent under the owner's user token, keeps its key in a file of its
 * own, and adds it to the configuration (Agrenting API reference, 4.1; adapter page, A1 to A5).
 */
export async function register(terminal: Terminal, options: RegisterOptions): Promise<void> {
  const draft = await ConfigFile.read(configurationFile(terminal, options));
  const yes = options.yes === true;
  const baseUrl = baseUrlOf(draft);
  const workers = new Map(mappedWorkers(draft).map((each) => [each.name, each.userId]));
  const worker = await ask(
    terminal,
    {
      message: `Which worker does the work? (${[...workers.keys()].join(', ')})`,
      option: '--worker NAME',
      preset: workers.size === 1 ? [...workers.keys()][0] : undefined,
      check: (name) =>
        workers.has(name) || `${name} is not in workers.list: run \`agrenting-hiclaw setup\` first`,
    },
    options.worker,
    yes,
  );
  const keyFile = await newKeyFile(draft, worker, options.force === true);
  const name = await ask(
    terminal,
    { message: 'Agent name shown to hirers:', option: '--name TEXT', preset: capitalised(worker) },
    options.name,
    yes,
  );
  const description = await ask(
    terminal,
    { message: 'What it does, in one sentence:', option: '--description TEXT', check: filled },
    options.description,
    yes,
  );
  const capabilities = await ask(
    terminal,
    { message: 'Capabilities, comma-separated:', option: '--capabilities a,b', check: filled },
    options.capabilities,
    yes,
  );
  const category = await ask(
    terminal,
    { message: 'Category:', option: '--category TEXT', preset: 'custom' },
    options.category,
    yes,
  );
  const basePrice = await ask(
    terminal,
    {
      message: 'Price per hiring:',
      option: '--price 10.00',
      check: (text) => PRICE.test(text) || `${text} must be an amount such as 10.00`,
    },
    options.price,
    yes,
  );
  const pricingModel = PRICING.find((model) => model === (options.pricing ?? 'fixed'));
  if (pricingModel === undefined)
    throw new CommandError(EXIT.usage, `--pricing must be one of: ${PRICING.join(', ')}`);
  checkCallback(options);
  const token = await askSecret(
    terminal,
    {
      message: 'Your user token (ap_…, from Settings > API Keys):',
      option: 'AGRENTING_USER_TOKEN or AGRENTING_USER_TOKEN_FILE',
    },
    await givenSecret(terminal, ['AGRENTING_USER_TOKEN', 'AP_TOKEN']),
  );

  const { callbackUrl } = options;
  const callbackAuthHeader =
    callbackUrl === undefined
      ? undefined
      : (options.callbackHeader ?? (await callbackHeaderOf(terminal, draft)));
  const storeKey = await storeKeyOf(terminal, draft);
  const offered = await registerWorker(
    {
      draft,
      baseUrl,
      userToken: new Secret(token),
      worker,
      agent: {
        name,
        description,
        capabilities: capabilities.split(',').map((each) => each.trim()),
        category,
        pricingModel,
        basePrice,
        workerMatrixId: workers.get(worker) ?? '',
        callbackUrl,
        callbackAuthHeader,
      },
      storeKey,
    },
    keyFile,
  );
  if (options.json === true) {
    printJson(terminal, { agentId: offered.agentId, worker, keyFile: offered.keyFile });
    return;
  }
  terminal.print(
    `${mark(terminal, 'ok')} registered ${name} as agent ${offered.agentId} for worker ${worker}\n`,
  );
  terminal.print(
    `${mark(terminal, 'ok')} its key is in ${offered.keyFile}${storeKey === undefined ? '' : ', sealed with the store key,'} and is not shown again\n\n`,
  );
  const up = callbackUrl === undefined ? 'up' : 'up --apps bridge,poller';
  terminal.print(`Next: agrenting-hiclaw doctor, then agrenting-hiclaw ${up}.\n`);
}

/** The key of the store, wherever it is given; undefined where there is none yet. */
async function storeKeyOf(terminal: Terminal, draft: ConfigFile): Promise<Secret | undefined> {
  const file = draft.text('store', 'keyFile');
  const storeKey =
    (await givenSecret(terminal, ['ADAPTER_STORE_KEY'])) ??
    draft.text('store', 'key') ??
    (file === undefined ? undefined : await readSecretFile(file));
  return storeKey === undefined ? undefined : new Secret(storeKey);
}

function baseUrlOf(draft: ConfigFile): BaseUrl {
  const parsed = parseBaseUrl(draft.text('marketplace', 'baseUrl') ?? 'https://agrenting.com');
  if (parsed.kind === 'valid') return parsed.baseUrl;
  throw new CommandError(EXIT.usage, `marketplace.baseUrl is invalid: ${parsed.problem}`);
}

/** The marketplace posts hirings there: in clear only to this very machine (adapter page, A5). */
function checkCallback({ callbackUrl, callbackHeader }: RegisterOptions): void {
  if (callbackUrl === undefined) return;
  const problem = problemOfCallbackUrl(callbackUrl);
  if (problem !== undefined) throw new CommandError(EXIT.usage, `--callback-url ${problem}`);
  if (callbackHeader !== undefined && !/^[\w-]+: \S/.test(callbackHeader)) {
    throw new CommandError(EXIT.usage, '--callback-header must have the form "Name: value"');
  }
}

function filled(text: string): true | string {
  return text.trim() !== '' || 'is empty';
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
