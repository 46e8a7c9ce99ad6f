/** Something a person has to put right; its message says what to type. */
export class MissingTool extends Error {}
