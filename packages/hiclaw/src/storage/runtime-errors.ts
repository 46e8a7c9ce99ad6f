/** A longer text is more than what a program said as it broke. */
const MAX_CHARACTERS = 2_000;
/** What such a program calls the place where it broke; the words behind it count only with one. */
const PLACE = '(?:\\[?(?:ERROR|FATAL|CRITICAL|PANIC)\\]?:?|[\\w./-]{1,40}:(?: line \\d{1,6}:)?)';

/** What a runtime, a shell or a tool wrote at the beginning of a text instead of an answer. */
const BEGINS: readonly RegExp[] = [
  `^(?:Traceback \\(most recent|(?:[\\p{L}\\p{N}_]{1,40}[.]){0,5}[\\p{L}_]{0,40}(?:Error|Exception|Timeout): |HTTP(?: error| status)? [45]\\d\\d)`,
  `^(?:Agent failed before reply|LLM (?:request|call|provider|error)\\b.{0,20}(?:failed|rejected|timed out|error)|(?:API )?rate limit (?:reached|exceeded)|Context (?:overflow|length exceeded)|Model (?:error|request failed|call failed))(?!\\p{L})`,
  `^(?:the )?(?:model|server|service|provider|api|engine|assistant|agent) (?:is|was) (?:currently |temporarily )?(?:overloaded|unavailable|at capacity|not available|down|offline|not responding)(?!\\p{L})`,
  `^(?:the )?(?:agent|run|session|execution|process|workflow|job|chain|request|tool call|conversation)(?: was| has been)? (?:stopped|interrupted|terminated|killed|aborted|cancell?ed|timed out|crashed|ended|exited)(?: unexpectedly| early)?(?: due to| because| by| after| with| before|[.:!]?$)`,
  `^(?:maximum|max\\.?)[ _](?:number of )?(?:iterations?|steps?|turns?|tool calls?|tokens?|context(?: length)?|retries|recursion(?: depth)?)(?: limit)?(?: was| were| has been)? ?(?:reached|exceeded|hit|stop)`,
  `^(?:iteration|time|token|step|turn|recursion|tool call|context|usage|spending|credit|message) limit(?: was| has been)? (?:reached|exceeded|hit)(?!\\p{L})`,
  `^\\[?(?:request|response|generation|output|message|tool use|execution) (?:was )?(?:interrupted|cancell?ed|aborted|blocked|filtered|truncated|refused)(?: by| due to| because|[\\].]|$)`,
  `^[\\[(<]?(?:no (?:output|response|content|answer|reply|result|text)(?: (?:was )?(?:returned|generated|produced|available|from (?:the )?(?:model|agent|llm|tool)))?|empty (?:response|reply|output)|(?:stdout|stderr) (?:is )?empty)[\\])>.]{0,3}$`,
  `^(?:\\[object Object\\]|NaN|undefined|null|None|nil|\\{\\}|\\[\\]|<(?:empty|none|null|no value|blank)>|""|'')[.]?$`,
  `^(?:fatal|error|panic|pip error|E|ERR!|ERROR|FATAL|CRITICAL|UnhandledPromiseRejection\\w{0,20}|Uncaught(?: \\w{1,40})?|PANIC)(?: [\\p{Lu}\\d_]{3,40})?[:!] ?(?=\\S)(?=[^\\n]{0,300}(?:fail|not |n't|unable|denied|refused|invalid|missing|unknown|timed? ?out|timeout|exit|abort|crash|expired|exceed|unexpected|unauthori|forbidden|lock|repository|no such|panick|overflow|out of|ENOENT|E[A-Z]{4,12}))`,
  `^(?:\\[(?:ERROR|FATAL|CRITICAL)\\]|npm (?:ERR!|error)|thread '[^'\\n]{1,40}' panicked at) \\S`,
  `^${PLACE} [^\\n]{0,300}(?:command not found|no such file or directory|permission denied|not found$|connection (?:refused|reset|timed out)|cannot (?:open|access|find|allocate|execute|stat|create)|is not recognized|operation not permitted|no space left|killed|segmentation fault|syntax error|broken pipe|disk quota exceeded|too many open files|could not resolve host)`,
  `^(?:segmentation fault|killed|aborted|bus error|out of memory|terminated|connection (?:refused|reset|timed out)(?: by peer)?|(?:request|operation|gateway|read) time(?:d |-)?out|internal (?:server )?error|bad gateway|service unavailable|gateway timeout|too many requests|unauthorized|forbidden|access denied|permission denied|command not found|name or service not known)(?: \\(core dumped\\))?[.!]?$`,
  `^(?:[45]\\d\\d) (?:internal server error|bad gateway|service unavailable|gateway time-?out|too many requests|unauthorized|forbidden|not found|bad request|payment required)(?!\\p{L})`,
  `^(?:process|command|tool|script|program|task|job|container|subprocess)(?: \\S{1,60}){0,3} (?:exited|failed|finished|terminated|returned)(?: with)? (?:non-?zero |an? )?(?:exit )?(?:code|status|error)(?!\\p{L})`,
  `^(?:exit|return)[ _]?(?:code|status)\\s?[:=]?\\s?(?:-?[1-9]\\d{0,4})(?!\\d)`,
  `^(?:you(?:'ve| have)? exceeded your (?:current )?(?:quota|limit|usage)|insufficient (?:credits?|quota|balance|funds)|invalid (?:api )?key|(?:incorrect|missing|expired) api key|your credit balance is too low|billing hard limit)`,
  `^(?:处理异常|请求失败|请求超时|系统错误|服务器错误|模型(?:过载|错误)|执行(?:失败|出错|异常)|调用失败|エラーが発生しました|오류가 발생했습니다|произошла ошибка|ein fehler ist aufgetreten|une erreur (?:est survenue|s'est produite)|se ha producido un error|ocorreu um erro|si è verificato un errore|(?:an (?:unexpected |internal )?error (?:has )?occurred(?: while processing (?:your|the|this) request)?|something went wrong)(?:[.!]|$))`,
].map((source) => new RegExp(source, 'iu')); // bounded: every repetition in the list has a bound

/** Whether a text is what a program wrote as it broke, instead of an answer. */
export function isRuntimeError(plain: string): boolean {
  const text = plain.trim().replace(/^[^\p{L}\p{N}[(<{"'?]{1,20}/u, '');
  return text.length <= MAX_CHARACTERS && BEGINS.some((one) => one.test(text));
}
