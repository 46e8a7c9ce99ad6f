/**
 * What the engine says of why a person is needed, as far as nothing from outside can stand in it: behind these
 * words there may be what a server said. What is none of them is not repeated, and looked up instead.
 */
const WHYS: readonly RegExp[] = [
  /^the work is to be pushed to a repository, but (?:git is not installed|the hiring does not name it, or has no token for it)$/,
  /^the (?:hiring|result) waits for your yes$/,
  /^the price of the hiring is missing or cannot be read, so it cannot be compared with policy\.minPrice$/,
  /^the change cannot be pushed$/,
  /^the marketplace does not take the files of the result$/,
  /^it has repository fields but no delivery mode that we know, so how to deliver is unclear$/,
  /^the hiring has no task text$/,
  /^no worker is configured for this agent$/,
  /^the result is held\b/,
  /^the worker asks a question$/,
  /^the worker asks before it runs a command$/,
  /^the worker's model failed(?:, and was told \d{1,9} times)?/,
  /^the worker says that it is done, but no result lies in the task folder\b/,
  /^the worker has been silent for \d{1,9} s\b(?:, and was told \d{1,9} times)?/,
  /^the marketplace does not accept the key of agent [\da-f-]{36}/,
  /^the deadline has passed and the worker is still at work$/,
  /^the worker could not be told\b/,
  /^the marketplace refused the (?:result|failure)\b/,
  /^the marketplace no longer knows this hiring$/,
  /^(?:a step failed unexpectedly|what a step came to could not be stored) several times in a row$/,
  /^the marketplace does not show the hiring as ready to be worked on$/,
  /^the marketplace does not take the settlement, and the deadline has passed$/,
  /^the worker says that it is blocked, after the client was told much of its work$/,
];

/** What the engine says to do, whole, with nothing in it but ids, each of its own form. */
const TODOS: readonly RegExp[] = [
  /^Install git where the adapter runs and restart it\.[\w ,.:'-]{0,1000}$/,
  /^To have it (?:worked on|settled(?: without them)?): agrenting-hiclaw hirings approve [\w-]{1,200}\.[\w ,.:'-]{0,1000}$/,
  /^Look at shared\/tasks\/[\w-]{1,200}\/\. (?:To have it settled: agrenting-hiclaw hirings approve [\w-]{1,200}\.|A better change there is judged anew by itself\.)[\w ,.:'-]{0,1000}$/,
  /^Ask the hirer to hire again with repository and token\.[\w ,.:'-]{0,1000}$/,
  /^The client could not be asked yet, which is tried again by itself\. Answer it in the worker's room ![\w.~=/+-]{1,200}(?::[\w.[\]:-]{1,200})? if you can\. The result is taken when it comes\.$/,
  /^Ask the hirer to hire again with delivery mode "output"[\w ,.:'-]{0,1000}$/,
  /^Look the hiring up on the marketplace[\w ,.:'-]{0,1000}$/,
  /^Look at shared\/tasks\/[\w-]{1,200}\/\. A better result\.md there is judged anew by itself[\w ,.;:'-]{0,1000}$/,
  /^Answer it in the worker's room ![\w.~=/+-]{1,200}(?::[\w.[\]:-]{1,200})?\. (?:The|A) result is taken when it comes\.$/,
  /^Answer with: agrenting-hiclaw hirings answer [\w-]{1,200} yes \(or no\)\. Say nothing else in room ![\w.~=/+-]{1,200}(?::[\w.[\]:-]{1,200})?: whatever is said there is taken as the answer, and as a no\.$/,
  /^Look into the worker's room ![\w.~=/+-]{1,200}(?::[\w.[\]:-]{1,200})? and its log\. The result is taken when it comes\.$/,
  /^Wait for the result, which is taken when it comes\.[\w ,.'-]{0,1000}$/,
  /^Mend what the problem names[\w ,.;:'-]{0,1000}$/,
  /^Compare what the client was told with the task\.[\w ,.:'-]{0,1000}$/,
  /^Look up the errors of this hiring in the log and correct what they name\.[\w ,.;:'-]{0,1000}$/,
  /^Check the agent's key, and look the hiring up on the marketplace\.[\w ,.;:'-]{0,1000}$/,
  /^Check the agent key and the base URL, and look the hiring up on the marketplace\. It is read again by itself\.$/,
];

/** The part of a cause that is ours alone. */
export function plainWhy(cause: string): string {
  for (const opening of WHYS) {
    const found = opening.exec(cause)?.[0];
    if (found !== undefined) return found;
  }
  return 'it cannot go on by itself';
}

/** What to do, if every word of it is ours. */
export function plainTodo(todo: string | undefined): string | undefined {
  return todo !== undefined && TODOS.some((known) => known.test(todo)) ? todo : undefined;
}
