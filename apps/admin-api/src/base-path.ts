/** Where the API begins. */
export const BASE_PATH = '/api/v1';
