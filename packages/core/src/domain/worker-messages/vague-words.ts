/** More words than these are a sentence, which says something. */
const MAX_WORDS = 3;
/** Longer text has more words. */
const MAX_CHARACTERS = 60;

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'word' });

function wordsIn(text: string): readonly string[] {
  return [...SEGMENTER.segment(text)].flatMap(({ segment, isWordLike }) =>
    isWordLike === true ? [segment.toLowerCase()] : [],
  );
}

/** Words that a worker lacks something by, or that something fails by. Those for "error" and "problem" stand behind a "no" as well. */
const REASONS = new Set(
  [
    'access|accessible|account|api|approval|answer|auth|authentication|authorization|branch|budget|code|commit|connection|connectivity|credential|credentials|data|disk|dns|download|file|files|folder|ghz|gb|gpu|image|images|input|inputs|install|internet|key|keys|license|link|login|memory|mb|model|network|oom|package|page|password|permission|permissions|picture|quota|ram|repo|repository|response|rights|secret|server|source|space|spec|ssh|ssl|storage|token|tokens|tool|tools|url|vpn|website',
    'such|found|possible|allowed|permitted|supported|installed|exist|exists',
    "blocked|broken|cannot|can't|cant|corrupt|corrupted|crashed|crashes|denied|down|empty|exceeded|exhausted|expired|failed|failing|fails|forbidden|impossible|incomplete|incompatible|invalid|lacking|lacks|locked|lost|missing|need|needed|needs|offline|refused|rejected|required|requires|stuck|timeout|timed|unable|unauthorized|unavailable|unclear|unreachable|unsupported|waiting|wrong",
    'zugang|zugriff|schlüssel|rechte|netz|netzwerk|verweigert|gesperrt|fehlt|fehlen|passwort|datei|dateien|unmöglich|accès|clé|refusé|refusée|manque|manquant|manquante|réseau|impossible|fichier|acceso|clave|denegado|falta|faltan|imposible|archivo|contraseña|permisos|acesso|chave|negado|faltando|arquivo|senha|impossível|accesso|chiave|negato|manca|mancano|permessi|impossibile|toegang|sleutel|ontbreekt|geweigerd|dostępu|klucza|brakuje|odmowa|доступа|ключа|доступ|ключ|отказано|сети|файла|прав|пароля|нужен|нужна|нужно|доступу|ключа|erişim|anahtar|eksik|izin|reddedildi|akses|kunci|ditolak|jaringan|gagal|quyền|khóa|thiếu',
  ].flatMap((words) => words.split('|')),
);
/** The same in languages that do not part their words by blanks, or put them together. */
const REASON_PARTS =
  /缺|无法|無法|不能|失败|失敗|权限|權限|密钥|密鑰|网络|網絡|访问|訪問|拒绝|拒絕|超时|不足|不存在|找不到|文件|権限|できな|できません|拒否|接続|見つか|ファイル|アクセス|キー|권한|실패|불가|접근|거부|부족|파일|네트워크|صلاحي|وصول|مفتاح|رفض|شبكة|فشل|دسترسی|مجوز|کلید|अनुमति|विफल|पहुँच|कुंजी|גישה|הרשאה|מפתח|สิทธิ์|ล้มเหลว|ไม่สามารถ|เข้าถึง|[45]\d\d/u;
/** Words that all goes well by. */
const WELL = new Set(
  'ok|okay|fine|good|great|well|yes|works|working|ready|done|clear|cleared|fixed|resolved|solved|available|granted|nothing|none'.split(
    '|',
  ),
);

/**
 * Whether what stands where a worker writes why it is blocked is so short that it may as well be a "none" in a language
 * that nobody listed: at most three words, and none of them known as a reason.
 */
export function isVagueReason(text: string): boolean {
  if (text.length > MAX_CHARACTERS) return false;
  const words = wordsIn(text);
  if (words.length > MAX_WORDS) return false;
  if (words.some((word) => WELL.has(word))) return true;
  return !words.some((word) => REASONS.has(word)) && !REASON_PARTS.test(text);
}

const QUESTION_WORDS = new Set(
  "what|what's|which|who|whose|where|when|why|how|may|can|could|should|shall|would|will|do|does|is|are|or|welche|welcher|welches|was|wer|wo|wann|warum|wie|oder|quel|quelle|quels|quelles|qui|où|quand|pourquoi|comment|ou|qué|que|cuál|quién|dónde|cuándo|cómo|o|qual|quem|onde|como|quale|chi|dove|come|welk|welke|waar|hoe|of|który|która|które|co|gdzie|jak|czy|lub|какой|какая|какое|какие|что|кто|где|когда|как|или|ли|який|яка|що|де|чи|hangi|ne|kim|nerede|nasıl|mi|mı|mu|mü|apa|siapa|mana|bagaimana|atau|gì|nào|ai|đâu|هل|ما|من|أين|متى|كيف|أي|أو|क्या|कौन|कहाँ|कब|कैसे|या".split(
    '|',
  ),
);
const QUESTION_PARTS =
  /[?？؟;;՞፧]|吗|嗎|呢|什么|什麼|哪|谁|誰|怎|几|还是|何|どれ|どの|どこ|いつ|か$|까|무엇|어느|어디|언제/u;

/** The same for what stands where a worker writes its question: at most three words, and none of them asks. */
export function isVagueQuestion(text: string): boolean {
  if (text.length > MAX_CHARACTERS || QUESTION_PARTS.test(text)) return false;
  const words = wordsIn(text);
  return words.length <= MAX_WORDS && !words.some((word) => QUESTION_WORDS.has(word));
}
