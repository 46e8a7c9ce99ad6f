import { randomBytes, randomUUID } from 'node:crypto';

/** 44 characters of standard base64, so it may hold `+`, `/` and `=` (Agrenting API reference, 2.1). */
export function newAgentKey(): string {
  return randomBytes(32).toString('base64');
}

/** `ap_` and 43 characters of URL-safe base64 (Agrenting API reference, 2.1). */
export function newUserToken(): string {
  return `ap_${randomBytes(32).toString('base64url')}`;
}

export function newSessionToken(): string {
  return randomBytes(32).toString('base64url');
}

export function newId(): string {
  return randomUUID();
}

/** A DID for an agent that registered without one (Agrenting API reference, 15 #22). */
export function newDid(name: string): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return `did:agrenting:${slug === '' ? 'agent' : slug.slice(0, 40)}-${randomBytes(4).toString('hex')}`;
}

const uuidV4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

export function isUuidV4(text: string): boolean {
  return uuidV4.test(text);
}
