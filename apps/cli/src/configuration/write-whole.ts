export { writeFresh, writeWhole } from '@agrenting-hiclaw/adapter/operations';
