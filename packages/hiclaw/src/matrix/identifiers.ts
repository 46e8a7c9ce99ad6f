/** What Matrix ids are made of, and nothing else: they stand in our own words (Matrix, identifier grammar). */
export const MATRIX_USER_ID = /^@[a-z0-9._=/+-]{1,200}:[a-z0-9.[\]:-]{1,200}$/i;
export const ROOM_ID = /^![a-z0-9._~=/+-]{1,200}(?::[a-z0-9.[\]:-]{1,200})?$/i;
