/** A text up to this length is looked at whole. */
const MAX_WHOLE_CHARACTERS = 300;
/** Of one up to this length the beginning and the end are. */
const MAX_SHORT_CHARACTERS = 600;
/** Of one up to this length the first sentence is, for what only a worker says of itself. */
const MAX_CHARACTERS = 2_000;

const BEGIN = '(?<![\\p{L}\\p{N}])';
const SAME = '[^.!?\\n]{0,160}';
const NEGATION = `${BEGIN}(?:not?|nothing|cannot|unable|\\p{L}{2,9}n't|denied|impossible)(?!\\p{L})`;

/** What a worker says of itself. */
const PERSONAL: readonly RegExp[] = [
  `(?:${BEGIN}I|^(?:unfortunately, |sorry, )?we)(?:'m| am|'re| are| was| were|'ve| have)?(?: \\p{L}{2,9}ly| also| just| still)? (?:could not|couldn't|cannot|can't|can not|(?:did not|didn't) manage|been unable to|unable to|not able to|failed to)(?!\\p{L})`,
  `${BEGIN}(?:I|we) (?:(?:do not|don't|did not|didn't) have|have no|had no|lack) ${SAME}(?:access|permission|tool|abilit|capabilit|internet|network|credential|information|the (?:text|file|page|document|content))`,
  `${BEGIN}(?:I(?:'m| am)? (?:sorry|afraid)|(?:I|we) (?:apologi[sz]e|regret))(?:,| but| that I| to| for| I)`,
  `${BEGIN}as an? (?:AI(?: language)?(?: model| assistant)?,|(?:large )?language model)`,
  `${BEGIN}(?:ich|wir) ${SAME}(?:konnte|kann|konnten|können|war|bin)(?!\\p{L})${SAME}(?:nicht|keinen?)(?!\\p{L})`,
  `${BEGIN}(?:konnte|kann|konnten|können) (?:ich|wir)(?!\\p{L})${SAME}(?:nicht|keinen?)(?!\\p{L})`,
  `${BEGIN}(?:ich|wir) (?:konnte|kann|konnten|können)(?!\\p{L})${SAME}(?:nicht|keinen?)(?!\\p{L})`,
  `${BEGIN}(?:je|nous) (?:n'(?:ai|avons) pas|ne (?:peux|pouvons|suis|sommes|parviens) pas)(?!\\p{L})`,
  `${BEGIN}(?:no|não|nao) (?:he |hemos |me )?(?:pude|pudimos|podido|puedo|podemos|logré|consegui|conseguimos|posso|podemos)(?!\\p{L})`,
  `${BEGIN}non (?:sono (?:riuscit|in grado)|ho potuto|posso|siamo riusciti)`,
  `${BEGIN}(?:я|мы) ${SAME}не (?:смог|могу|можем|удалось)`,
  `${BEGIN}(?:не смогл?[аи]? выполнить|мне не удалось|не удалось выполнить)`,
  '我(?:们)?(?:未能|无法|不能|没能|没有办法)|我無法|アクセスできませんでした|完了できません|لم أتمكن|لا أستطيع',
].map((source) => new RegExp(source, 'iu')); // bounded: every repetition in the list has a bound

/** What may as well be part of an answer, and seldom is of one so short. */
const IMPERSONAL: readonly RegExp[] = [
  `^(?:unable to|could not|couldn't|cannot|can't|failed to|not able to|(?:it (?:is|was) )?(?:not possible|impossible) to|no access|access denied|not (?:done|completed|finished|possible))(?!\\p{L})`,
  `^(?:sorry|apologies|my apologies)(?!\\p{L})(?:,| but| for| I)`,
  `^(?:however, )?(?:unfortunately|regrettably|sadly)(?!\\p{L})${SAME}${NEGATION}`,
  `${BEGIN}(?:task|job|assignment|work|request|translation|page|site|website|url|link|file|document|repository|server|api|service|resource)(?: \\p{L}{1,20})? (?:could not|couldn't|cannot|can't|can not|was not|wasn't|is not|isn't|has not|hasn't) (?:be |been )?(?:possible|reachable|available|accessible|completed|finished|done|performed|carried out|delivered|produced|translated|created|reached|accessed|opened|processed|retrieved|loaded|downloaded)(?!\\p{L})`,
  `${BEGIN}(?:no (?:\\p{L}{1,20} ){1,3}|nothing )(?:was|were|could be|has been|have been) (?:made|produced|created|done|translated|delivered|performed|written|generated)(?!\\p{L})`,
  `${BEGIN}(?:please|could you|can you|would you|kindly) (?:\\p{L}{1,12} ){0,3}(?:provide|send|share|paste|upload|attach|clarify|specify|confirm|give|supply|tell|grant)(?: me)? (?:me|the|more|access|which|what|whether)(?!\\p{L})`,
  `${BEGIN}(?:I(?:'ll| will| would)? need (?:to know|the|more|access|a|you)|before I (?:start|begin|can)|let me know (?:which|what|whether|if|how)|waiting for your)(?!\\p{L})`,
  `${BEGIN}(?:do you (?:want|prefer|need|mean)|would you (?:like|prefer|rather)) (?:me|it|the|a|that|this)(?!\\p{L})${SAME}\\?`,
  `${BEGIN}(?:should|shall|may|can) I ${SAME}\\?`,
  `${BEGIN}(?:leider|bedauerlicherweise)(?!\\p{L})${SAME}(?:nicht|kein\\p{L}{0,2}|unmöglich)(?!\\p{L})`,
  `${BEGIN}(?:aufgabe|auftrag|seite|datei|übersetzung)(?!\\p{L})${SAME}(?:konnte|kann) (?:leider )?nicht(?!\\p{L})`,
  `^(?:es )?tut mir leid(?:,| aber)|^entschuldigung,|^(?:ich bräuchte|bitte (?:senden|schicken|geben|teilen|stellen) sie)(?!\\p{L})|^(?:könnten|können) sie (?:mir |bitte )`,
  `${BEGIN}(?:malheureusement|désolée?|je suis désolée?)(?!\\p{L})${SAME}(?:pas|impossible|aucune?|mais)(?!\\p{L})|^impossible d|${BEGIN}n'a pas (?:pu )?(?:été|être) (?:réalis|effectu|termin|tradui)|^(?:pourriez-vous|veuillez) (?:me |fournir|envoyer|préciser)`,
  `^lo siento(?:,| pero)|${BEGIN}(?:lamentablemente|desafortunadamente|por desgracia),? ${SAME}(?:no|imposible)(?!\\p{L})|^no (?:se pudo|fue posible|ha sido posible)(?!\\p{L})|^¿?(?:podría|puede) (?:usted )?(?:proporcionar|enviar|indicar)`,
  `${BEGIN}infelizmente(?!\\p{L})${SAME}não|^não foi possível|${BEGIN}purtroppo(?!\\p{L})${SAME}non(?!\\p{L})|^mi dispiace,|^helaas ${SAME}(?:niet|geen)|${BEGIN}niestety(?!\\p{L})${SAME}nie(?!\\p{L})|^nie udało się|^maalesef|^(?:tyvärr|desværre|dessverre)(?!\\p{L})`,
  `${BEGIN}к сожалению(?!\\p{L})|^(?:извините|простите),|^не (?:удалось|могу|получилось)(?!\\p{L})|${BEGIN}(?:задача|задание|страница|перевод)(?!\\p{L})${SAME}(?:не выполнен|недоступн|невозмож)|^на жаль|^не вдалося`,
  '^(?:很抱歉|抱歉|对不起|很遗憾)|(?<![他她它们人])(?:未能|无法|無法)(?:完成|访问|打开|执行|继续|翻译|获取|读取|下载|連接|連線|存取|開啟)|任务(?:未完成|失败|无法)|^请(?:您)?(?:提供|发送|告诉|确认|问)|(?:没有|缺少)(?:访问)?权限',
  '申し訳|残念ながら|(?:アクセス|完了|実行|翻訳)(?:が|は)?できません|できなかったため|(?:提供|お送り|教えて)ください',
  '죄송|(?:완료|수행|접근|번역)(?:할 수 없|하지 못)|عذرا|للأسف|تعذر|क्षमा करें|असमर्थ|xin lỗi|không thể (?:hoàn thành|truy cập)|^maaf,?|tidak (?:dapat|bisa) (?:menyelesaikan|mengakses)',
].map((source) => new RegExp(source, 'iu')); // bounded: every repetition in the list has a bound

/** What a program wrote as it broke, in the place of an answer. */
const TRACE =
  /^(?:Traceback \(most recent|(?:\p{L}{1,40}[.])?\p{L}{0,40}(?:Error|Exception): |HTTP(?: error| status)? [45]\d\d)/u;

const LETTER_BEGINS =
  /^\s{0,99}(?:dear|sehr geehrte|liebe|chère?|madame|monsieur|estimad|querid|gentile|prezad|уважаем|дорог|尊敬的|亲爱的|拝啓)/iu;
const LETTER_ENDS =
  /(?:regards|sincerely|yours|grüße|grüßen|cordialement|salutations|saludos|atentamente|atenciosamente|saluti|с уважением|此致|敬上|敬具)[^.!?]{0,80}$/iu;

/**
 * Whether a text without files says, or may say, that the work was not done, or asks for something. Only short ones are looked
 * at: what is long is an answer, or says it in its first sentence. Code, quotations, letters and questions that are answered
 * belong to an answer.
 */
export function mayRefuse(plain: string): boolean {
  const text = unquoted(plain).trim();
  if (text === '' || text.length > MAX_CHARACTERS || (LETTER_BEGINS.test(text) && LETTER_ENDS.test(text))) {
    return false;
  }
  const sentences = text
    .split(/(?<=[.!?。！？])\s{1,99}|(?<=[。！？])|\n{1,99}/)
    .map((sentence) => sentence.replace(/^[^\p{L}¿]{1,99}/u, '').trim())
    .filter((sentence) => sentence !== '');
  const isPersonal = (sentence: string) =>
    !sentence.endsWith('?') && PERSONAL.some((one) => one.test(sentence));
  if (TRACE.test(text)) return true;
  if (text.length > MAX_SHORT_CHARACTERS) return sentences.slice(0, 1).some(isPersonal);
  const looked =
    text.length <= MAX_WHOLE_CHARACTERS ? sentences : [...sentences.slice(0, 2), ...sentences.slice(-1)];
  return looked.some((sentence) => isPersonal(sentence) || IMPERSONAL.some((one) => one.test(sentence)));
}

function unquoted(text: string): string {
  return text
    .replaceAll(/`[^`\n]{1,400}`/g, '…')
    .replaceAll(/"[^"\n]{1,400}"|“[^”\n]{1,400}”|«[^»\n]{1,400}»|„[^“\n]{1,400}“|「[^」\n]{1,400}」/g, '…');
}
