export { readSecretFile, writeSecretFile } from '@agrenting-hiclaw/adapter/operations';
