import type { IncomingHttpHeaders } from 'node:http';
import { storeDeliveries, logDeliveries, type AppParts } from '@agrenting-hiclaw/app';
import { UNNAMED_AGENT, type AcceptOutcome, StoreError } from '@agrenting-hiclaw/core/domain';
import { AuthRateLimit, SettingError, type BodyRead } from '@agrenting-hiclaw/runtime';
import { createDeliveryMetrics, type DeliveryOutcome } from './delivery-metrics.ts';
import { classify, type Delivery } from './delivery.ts';
import { parseJson } from './json.ts';
import { createKeyCheck } from './key-check.ts';
import { createSignatureCheck } from './signature.ts';

/** A webhook as it came. */
export interface WebhookRequest {
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
  /** Address of the sender. */
  readonly client: string;
  /** Reads the body of a sender who has shown a key, or of one who has shown nothing yet. */
  readBody(isKeyed: boolean): Promise<BodyRead>;
}

export interface Answer {
  readonly status: 200 | 400 | 401 | 413 | 415 | 429 | 503;
  readonly body: Readonly<Record<string, string>>;
  readonly retryAfterSeconds?: number | undefined;
  /** Beside those of every answer. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** To be run once it is sent. */
  readonly afterwards?: (() => void) | undefined;
}

/** Answers a webhook; never rejects. */
export type Receive = (request: WebhookRequest) => Promise<Answer>;

const ACCEPTED = { status: 'accepted' };
const TRIAL_NOTE = 'hiring_id is not a UUID, so this is a test delivery: it was recorded and ignored';
const EVENT_NOTE = 'there is no hiring_id: the event was recorded and ignored';
/** The store is busy, or broken: the sender comes again (design, rule 1). */
const STORE_RETRY_SECONDS = 5;

/**
 * What happens to a webhook until it is answered, in this order: its key, its body, its signature, what it is, and
 * the disk. Nothing else: who bought what is asked later, with a read under the agent's own key (design, section 4).
 */
export function createReceiver(
  parts: Pick<AppParts, 'configuration' | 'store' | 'clock' | 'log' | 'metrics'> & {
    readonly client: Pick<AppParts['client'], 'theirClock'>;
  },
): Receive {
  const { client, configuration, store, clock, log } = parts;
  const { webhook } = configuration;
  const { signatureSecrets } = webhook;
  const hasKey = createKeyCheck(webhook);
  const signature = webhook.signature ?? (signatureSecrets.length > 0 ? 'required' : 'off');
  // A signature proves as much as a key; without either only this machine is listened to, as the settings have it.
  const keyless = webhook.keys.length === 0;
  if (keyless && signature !== 'required' && !webhook.insecure) {
    throw new SettingError({ where: 'webhook.keys', code: 'missing', neededBy: 'webhooks' });
  }
  const signed = createSignatureCheck({
    secrets: signatureSecrets,
    secretHeader: webhook.secretHeader,
    toleranceMs: webhook.toleranceSeconds * 1_000,
    // Signed times are from the marketplace's clock.
    nowMs: () => client.theirClock.toTheirs(clock.nowMs()),
  });
  const failed = new AuthRateLimit(() => performance.now());
  const deliveries = createDeliveryMetrics(parts.metrics);

  async function receive(request: WebhookRequest): Promise<Counted> {
    const isKeyed = !keyless && hasKey(request.rawHeaders);
    if (!keyless && !isKeyed) return refuse(request, 'the key is missing or wrong');
    // What the headers say of the signature is looked at before anything is read: most strangers have none.
    const claimed = signature === 'off' ? 'absent' : signed.claim(request.headers);
    if (claimed === 'invalid' || (claimed === 'absent' && signature === 'required')) {
      return refuse(request, `the signature is ${claimed}`);
    }
    const read = await request.readBody(isKeyed || claimed === 'proven');
    switch (read.kind) {
      case 'too_large':
        return { outcome: 'too_large', status: 413, body: { error: 'Payload too large' } };
      case 'encoded':
        return {
          outcome: 'encoded',
          status: 415,
          body: { error: 'Unsupported content encoding: send the body uncompressed' },
          headers: { 'accept-encoding': 'identity' },
        };
      case 'broken_off':
        return { outcome: 'broken_off', status: 400, body: { error: 'Incomplete body' } };
      case 'too_slow':
        // No 4xx: the marketplace would take it as final.
        return unavailable('a body came too slowly', 1);
      case 'no_room':
        return unavailable('too many bodies are being read', 1);
      case 'body':
        break;
    }
    if (claimed === 'claimed' && !signed.fits(request.headers, read.bytes)) {
      return refuse(request, 'the signature is invalid');
    }
    const text = read.bytes.toString('utf8').replace(/^\uFEFF/, '');
    const json = parseJson(text);
    if (json.kind !== 'document') return { outcome: 'invalid', status: 400, body: { error: 'Invalid JSON' } };
    return await keep(classify(json.document, request.headers), text);
  }

  async function keep(delivery: Delivery, raw: string): Promise<Counted> {
    try {
      switch (delivery.kind) {
        case 'hiring': {
          const { parsed } = delivery;
          const agentId = (parsed.kind === 'hiring' ? parsed.hiring.agentId : undefined) ?? UNNAMED_AGENT;
          const list = { intake: 'webhook', items: [{ parsed, raw }], agentId, store, clock, log } as const;
          const outcomes = await storeDeliveries(list);
          return {
            outcome: outcomeOf(outcomes[0]),
            status: 200,
            body: ACCEPTED,
            afterwards: () => {
              logDeliveries(list, outcomes);
              const [outcome] = outcomes;
              if (outcome?.kind !== 'known' || outcome.repeated) return;
              // Which of them is right is not decided here: the hiring is read again.
              log.info(
                { hiringId: outcome.hiringId },
                'received a hiring again with other content; both are stored',
              );
            },
          };
        }
        case 'test':
        case 'event': {
          const { parsed } = delivery;
          const received = {
            intake: 'webhook',
            agentId: UNNAMED_AGENT,
            atMs: clock.nowMs(),
            parsed,
            raw,
          } as const;
          await store.hirings.accept([received]);
          const { what } = parsed;
          return {
            outcome: delivery.kind,
            status: 200,
            body: { ...ACCEPTED, note: delivery.kind === 'test' ? TRIAL_NOTE : EVENT_NOTE },
            afterwards: () => log.info({ what }, 'received a delivery that is not a hiring; it is stored'),
          };
        }
      }
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return unavailable(error.message, error.kind === 'overloaded' ? 1 : STORE_RETRY_SECONDS, error);
    }
  }

  function unavailable(problem: string, retryAfterSeconds: number, error?: unknown): Counted {
    return {
      outcome: 'not_stored',
      status: 503,
      body: { error: 'Service unavailable, retry later' },
      retryAfterSeconds,
      afterwards: () =>
        log.error({ problem, error }, 'a webhook could not be stored; its sender is asked to retry'),
    };
  }

  function refuse({ client }: WebhookRequest, why: string): Counted {
    const retryAfterSeconds = failed.note(client);
    if (retryAfterSeconds !== undefined) {
      return {
        outcome: 'limited',
        status: 429,
        body: { error: 'Too many failed attempts' },
        retryAfterSeconds,
      };
    }
    return {
      outcome: 'unauthorized',
      status: 401,
      body: { error: 'Unauthorized' },
      afterwards: () =>
        log.warn(
          { client, why },
          'a webhook was refused: compare webhook.keys with the callback header of the agent',
        ),
    };
  }

  return async (request) => {
    const startedAtMs = performance.now();
    const { outcome, ...answer } = await receive(request).catch(unforeseen);
    deliveries.count(outcome, answer.status, performance.now() - startedAtMs);
    return answer;
  };

  function unforeseen(error: unknown): Counted {
    return unavailable('it was not expected', STORE_RETRY_SECONDS, error);
  }
}

type Counted = Answer & { readonly outcome: DeliveryOutcome };

function outcomeOf(outcome: AcceptOutcome | undefined): DeliveryOutcome {
  if (outcome?.kind !== 'known') return 'new';
  return outcome.repeated ? 'repeated' : 'changed';
}
