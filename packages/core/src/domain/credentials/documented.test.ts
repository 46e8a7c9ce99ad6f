import { expect, test } from 'vitest';
import { scanForCredentials } from './scan.ts';

// Lines of usual code and documentation: what is held for one of them is work that nobody is paid for.
test.each([
  'DATABASE_URL=postgres://user:password@localhost:5432/app',
  'DATABASE_URL=postgresql://postgres:postgres@localhost:5432/app',
  'MONGO_URL=mongodb://admin:changeme@mongo:27017/',
  'redis://default:<your-password>@host:6379',
  'amqp://guest:guest12@localhost:5672/',
  'mysql://root:secret@127.0.0.1/shop',
  'AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE',
  'OPENAI_API_KEY=sk-your-openai-api-key-goes-here-please',
  'OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  'GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  'STRIPE=sk_live_xxxxxxxxxxxxxxxxxxxxxxxx',
  'SLACK_BOT_TOKEN=xoxb-your-slack-bot-token-here',
  'Put your key between `-----BEGIN PRIVATE KEY-----` and `-----END PRIVATE KEY-----`.',
  'Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0.signature',
  'oauth2 = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/login/access-token")',
  'token_endpoint = "/oauth2/v2.0/token/introspect"',
  'tokenizer = "sentence-transformers/all-MiniLM-L6-v2"',
  'secretName: wildcard-tls-v2-production',
  'ap_southeast_2_private_subnet_ids = []',
  'select * from ap_invoice_line_items_2025',
  'password: process.env.DB_PASSWORD_V2_PRODUCTION_KEY',
  'password = request.form.get("user_password_1")',
  'apiKey: import.meta.env.VITE_FIREBASE_API_KEY_1',
  'token: ${{ secrets.NPM_TOKEN_2025_RELEASE_BOT }}',
  'SECRET_KEY_BASE=<%= ENV["SECRET_KEY_BASE"] %>',
  'access_token = resp.json()["access_token"]',
  'const token = crypto.randomBytes(32).toString("base64url")',
  'tokens = model2.generate_tokens_v2(prompt)',
  'password_hash = bcrypt.hashpw(pw.encode("utf8"), salt)',
  'secret = hashlib.sha256(seed).hexdigest()',
  'token = request.headers.get("x-token-v2")',
  'passwordField = page.locator("#password-field-2")',
  'api_key = settings.integrations.provider2.api_key',
  'const tokenExpiry = Date.now() + 15 * 60 * 1000',
  'password=$(openssl rand -base64 32)',
  'token = jwt.encode(payload, key, algorithm="HS256")',
  'access_key = boto3.client("s3").get_access_key_v2()',
  "{ accessKey: 'Q3AM3UQ867SPQQA43P2F', secretKey: 'zuf+tfteSlswRu7BJ86wekitnifILbZam1KYY3TG' }",
  '-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----',
  '-----BEGIN EC PRIVATE KEY-----\n<the key that you downloaded>\n-----END EC PRIVATE KEY-----',
  "if (text.includes('-----BEGIN PRIVATE KEY-----')) throw new Error('a key')",
  'DATABASE_URL=postgres://$DB_USER:$DB_PASSWORD@$DB_HOST/app',
  'https://user:[password]@api.company.io/',
])('"%s" holds no credential', async (line) => {
  expect(
    await scanForCredentials(`# Shop API\n\nInstall it and start it:\n\n${line}\n\nThen open the page.`),
  ).toBeUndefined();
});

const RANDOM = 'qR7vLz2pYt9wXr4sBn8dHf3gJm6cKe5uTa1Zi0oPQxWyNbVjMk';
const KEY_BODY = `MC4CAQAwBQYDK2VwBCIEIP${RANDOM.slice(0, 42)}`;

test.each([
  ['password_in_address', 'postgres://app:8fKq2LmZ7xVb@localhost:5432/app'],
  ['password_in_address', 'postgres://app:qhdkLmPxVb@localhost:5432/app'],
  ['password_in_address', 'mongodb://admin:sunflower7@db.company.io:27017/'],
  ['password_in_address', 'https://deploy:%24Kq2LmZ7x@git.company.io/x'],
  ['aws_key', 'AWS_ACCESS_KEY_ID=AKIA4QW7ZK2MXN5RTBVC'],
  ['model_provider_key', `OPENAI_API_KEY=sk-${RANDOM.slice(0, 48)}`],
  ['model_provider_key', `sk-ant-api03-${RANDOM.slice(0, 40)}-AA`],
  ['github_token', `GITHUB_TOKEN=ghp_${RANDOM.slice(0, 36)}`],
  ['gitlab_token', 'glpat-x7Kq_2LmZ-9Vb3Rt5Yw8'],
  ['stripe_key', `STRIPE=sk_live_${RANDOM.slice(0, 24)}`],
  ['slack_token', 'SLACK_BOT_TOKEN=xoxb-2384729384-9823749283-Kq2LmZ7xVbRt5Yw8'],
  ['google_key', `AIza${RANDOM.slice(0, 35)}`],
  ['npm_token', `npm_${RANDOM.slice(0, 36)}`],
  ['marketplace_key', `ap_${RANDOM.slice(0, 32)}`],
  ['webhook_secret', `whsec_${RANDOM.slice(0, 32)}`],
  ['private_key', `-----BEGIN PRIVATE KEY-----\n${KEY_BODY}\n-----END PRIVATE KEY-----`],
  ['private_key', `key = '-----BEGIN PRIVATE KEY-----' + '${KEY_BODY}'`],
  [
    'private_key',
    `-----BEGIN PRIVATE KEY-----\n${Array.from(KEY_BODY).join(' ')}\n-----END PRIVATE KEY-----`,
  ],
  [
    'json_web_token',
    `eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI3NzM0IiwicmlnaHRzIjoiYWxsIn0.${RANDOM.slice(0, 43)}`,
  ],
  ['assigned_secret', 'token = "/q7Hd92kLmP0/xVb31RtYw8Z=="'],
  ['assigned_secret', 'client_secret: 7f3c19e2-4b8d-4f6a-9c21-5d0e8b7a6f43'],
  ['assigned_secret', 'api_key = "AB12-CD34-EF56-GH78-JK90"'],
  ['assigned_secret', 'password: kq7.Lz2.pYt9.wXr4.sBn8'],
])('%s: "%s" is found', async (code, line) => {
  expect(await scanForCredentials(`Set it up:\n\n${line}\n\nThen open the page.`)).toEqual({ code });
});

test('none is missed for what stands beside it', async () => {
  const token = `ghp_${RANDOM.slice(0, 36)}`;
  for (const text of [
    `example: ${token}`,
    `ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx or ${token}`,
    `${token}-your-token`,
  ]) {
    expect(await scanForCredentials(text)).toEqual({ code: 'github_token' });
  }
});
