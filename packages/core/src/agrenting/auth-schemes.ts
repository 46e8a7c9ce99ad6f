/**
 * How a request shows its key: `key` by `X-API-Key`; `both` also by `Authorization: ApiKey`, since
 * settlements are documented with one and seen with the other; `bearer` by `Authorization: Bearer`, as
 * user tokens are (Agrenting API reference, 2.2 and 15 #3).
 */
export type AuthSchemes = 'key' | 'both' | 'bearer';
