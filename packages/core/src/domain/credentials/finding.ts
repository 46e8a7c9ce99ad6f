/** What a text was found to hold. */
export const CREDENTIAL_CODES = [
  'repository_token',
  'own_secret',
  'private_key',
  'github_token',
  'gitlab_token',
  'bitbucket_token',
  'aws_key',
  'google_key',
  'slack_token',
  'stripe_key',
  'model_provider_key',
  'npm_token',
  'marketplace_key',
  'webhook_secret',
  'matrix_token',
  'json_web_token',
  'password_in_address',
  'assigned_secret',
  'hidden_text',
  /** The check itself did not come to an end, so that nobody knows. */
  'unchecked',
] as const;
export type CredentialCode = (typeof CREDENTIAL_CODES)[number];

/** A credential in a text or file: what it is, and never the credential itself. */
export interface CredentialFinding {
  readonly code: CredentialCode;
}

const WORDS: Readonly<Record<CredentialCode, string>> = {
  repository_token: "the hirer's repository token",
  own_secret: 'a secret of this adapter',
  private_key: 'a private key',
  github_token: 'a GitHub token',
  gitlab_token: 'a GitLab token',
  bitbucket_token: 'a Bitbucket token',
  aws_key: 'an AWS key',
  google_key: 'a Google key',
  slack_token: 'a Slack token',
  stripe_key: 'a Stripe key',
  model_provider_key: 'a model provider key',
  npm_token: 'an npm token',
  marketplace_key: 'a marketplace key',
  webhook_secret: 'a webhook secret',
  matrix_token: 'a Matrix token',
  json_web_token: 'a JSON web token',
  password_in_address: 'a password in a URL',
  assigned_secret: 'a value that is named as a secret',
  hidden_text: 'invisible characters that may carry a secret',
  unchecked: 'data that could not be checked for credentials',
};

/** A finding in words that follow "seems to contain". */
export function describeCredential({ code }: CredentialFinding): string {
  return WORDS[code];
}
