import { isRuntimeError } from './runtime-errors.ts';
import { saysUndone } from './undone.ts';

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
  `${BEGIN}(?:I|we) (?:won't|will not|will never|would not|wouldn't|would never|will also not) be able to(?!\\p{L})`,
  `${BEGIN}(?:I|we)(?:'m| am|'re| are|'ll| will| would)? ?(?:must|have to|had to|need to|(?:forced|obliged|compelled) to)(?: \\p{L}{2,12}ly)? (?:decline|refuse|turn down|stop (?:here|before|without)|abort|give up|abandon)(?!\\p{L})`,
  `${BEGIN}(?:I|we)(?: \\p{L}{2,12}ly)? (?:decline|refuse) (?:to|this|the|your)(?!\\p{L})`,
  `${BEGIN}(?:I(?:'m| am)|we(?:'re| are)) (?:not (?:permitted|allowed|authori[sz]ed|programmed|designed|supposed)|prohibited|forbidden) (?:to|from)(?!\\p{L})`,
  `${BEGIN}(?:I|we)(?:'m| am|'re| are| do not| don't)(?: not)?(?: feel)? comfortable (?:with|writing|creating|producing|providing|helping)`,
  `${BEGIN}(?:goes against|against|violat(?:es?|ing)|conflicts? with|contrary to|not in line with|prohibited by|breach(?:es)?) (?:my|our|the|openai's|anthropic's|google's)(?: \\p{L}{1,20}){0,4} (?:guidelines?|polic(?:y|ies)|principles|programming|safety rules|terms|values)`,
  `${BEGIN}(?:I(?:'ve| have)?|we(?:'ve| have)?) (?:reached|hit|exceeded|used up|run out of|ran out of|exhausted) (?:the |my |our |all )?(?:maximum|max|limit|token|tool|context|iteration|step|turn|time|budget|credit|memory|quota|rate)`,
  `${BEGIN}(?:this|that|it)(?: is|'s) (?:not something (?:I|we) can|outside (?:of )?(?:my|our) (?:abilit|capabilit|scope)|beyond (?:my|our) (?:abilit|capabilit|scope))`,
  `${BEGIN}(?:ich|wir) (?:darf|dürfen|muss|müssen|werde|werden)(?!\\p{L})${SAME}(?:ablehnen|nicht (?:bearbeiten|helfen|erstellen|schreiben|können|ausführen))(?!\\p{L})`,
  `${BEGIN}(?:je|nous) (?:ne (?:serai|pourrai|pourrons)|(?:dois|devons) (?:décliner|refuser))|(?:debo|tengo que|devo) (?:rechazar|declinar|negarme|recusar)|devo rifiutare`,
  `${BEGIN}(?:ik|wij) (?:kan|kon|kunnen|konden)(?!\\p{L})${SAME}(?:niet|geen)(?!\\p{L})|${BEGIN}nie (?:mogę|mogłem|mogłam|jestem w stanie)(?!\\p{L})|muszę odmówić`,
  `${BEGIN}(?:не можу|не зміг|не змогла|не вдалося)(?!\\p{L})|${BEGIN}(?:nemohu|nemohl[ai]?|nepodařilo se|nemôžem|nepodarilo sa)(?!\\p{L})`,
  `${BEGIN}(?:jag|jeg) (?:kan|kunde|kunne)(?: \\p{L}{1,12})? (?:inte|ikke)(?!\\p{L})|${BEGIN}en (?:voi|pysty|pystynyt|voinut) (?:auttaa|suorittaa|tehdä|avata)`,
  `δεν (?:μπορώ|μπόρεσα|μπορέσαμε)|${BEGIN}nu (?:pot|am putut|am reușit)(?!\\p{L})|${BEGIN}nem (?:tudom|tudtam|sikerült)(?!\\p{L})|(?:yapamam|yapamıyorum|edemem|edemiyorum|edemedim|erişemedim|tamamlayamadım)`,
  'saya tidak (?:dapat|bisa)|tôi không thể|ไม่สามารถ(?:ทำ|ช่วย|เข้าถึง|ดำเนินการ)|नहीं कर सक|אני לא יכול|לא הצלחתי|نمی‌توانم|نتوانستم|لا يمكنني',
  '(?:도와드릴|완료할|수행할|제공할|처리할) 수 없|(?:お手伝い|対応|お応え|提供|お答え)(?:は|する(?:こと)?[がは])?(?:でき(?:ません|かねます)|いたしかねます)|我(?:不能|不便|必须拒绝|不得不(?:拒绝|停止))|(?:无法|無法|不能)(?:协助|協助|帮助您|提供(?:帮助|协助)|满足(?:您|你|该|此))',
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
  `^(?:the )?(?:work|task|report|draft|analysis|translation|job)(?: \\p{L}{1,20}){0,4} (?:is|are) (?:still |now |currently |not yet )?(?:in progress|under ?way|ongoing|unfinished|incomplete)(?!\\p{L})`,
  `^(?:still |now |currently )?(?:waiting|awaiting|blocked|stuck|on hold|paused)(?: (?:for|on|by|until|while|because))?(?!\\p{L})${SAME}(?:client|customer|user|you|access|approval|reply|answer|input|file|data|key|credential|confirmation|permission)s?(?!\\p{L})`,
  `^(?:about |around |roughly |approximately )?\\d{1,2} ?(?:%|per ?cent)(?: of (?:the )?(?:work|task|report|job))? (?:is |are )?(?:ready|done|complete|completed|finished)(?!\\p{L})`,
  `^(?:remaining|still to do|to be done|left to do|not yet done|pending)(?: (?:work|tasks?|steps?|parts?|sections?))?\\s?:|${BEGIN}(?:to be continued|final version (?:will follow|tomorrow|follows))`,
  `^(?:the )?(?:quota|budget|credits?|session|time|context|token limit|deadline)(?: \\p{L}{1,20}){0,2} (?:is|was|were|has been|have been|ran) (?:exceeded|exhausted|used up|out|expired|reached|over)(?!\\p{L})`,
  '죄송|(?:완료|수행|접근|번역)(?:할 수 없|하지 못)|عذرا|للأسف|تعذر|क्षमा करें|असमर्थ|xin lỗi|không thể (?:hoàn thành|truy cập)|^maaf,?|tidak (?:dapat|bisa) (?:menyelesaikan|mengakses)',
].map((source) => new RegExp(source, 'iu')); // bounded: every repetition in the list has a bound

const LETTER_BEGINS =
  /^\s{0,99}(?:dear|sehr geehrte|liebe|chère?|madame|monsieur|estimad|querid|gentile|prezad|уважаем|дорог|尊敬的|亲爱的|拝啓)/iu;
const LETTER_ENDS =
  /(?:regards|sincerely|yours|grüße|grüßen|cordialement|salutations|saludos|atentamente|atenciosamente|saluti|с уважением|此致|敬上|敬具)[^.!?]{0,80}$/iu;

/**
 * Whether a text without files says, or may say, that the work was not done, or asks for something. Only short ones are looked
 * at whole: what is long is an answer, or says it in its first sentence, or of the very thing that was ordered. Code, quotations, letters and questions that are answered
 * belong to an answer.
 */
export function mayRefuse(plain: string): boolean {
  if (isRuntimeError(plain)) return true;
  const text = unquoted(plain).trim();
  if (text === '' || text.length > MAX_CHARACTERS || (LETTER_BEGINS.test(text) && LETTER_ENDS.test(text))) {
    return false;
  }
  const all = text
    .split(/(?<=[.!?。！？؟])\s{1,99}|(?<=[。！？])|\n{1,99}/)
    .map((sentence) => sentence.replace(/^[^\p{L}¿]{1,99}/u, '').trim())
    .filter((sentence) => sentence !== '');
  const isPersonal = (sentence: string) =>
    !sentence.endsWith('?') && PERSONAL.some((one) => one.test(sentence));
  if (all.some((sentence) => saysUndone(sentence))) return true;
  if (text.length > MAX_SHORT_CHARACTERS) return all.slice(0, 1).some(isPersonal);
  if (onlyAsks(all)) return true;
  const looked = text.length <= MAX_WHOLE_CHARACTERS ? all : [...all.slice(0, 2), ...all.slice(-1)];
  return looked.some((sentence) => isPersonal(sentence) || IMPERSONAL.some((one) => one.test(sentence)));
}

/** What only somebody asks who has yet to do the work. */
const ASKS: readonly RegExp[] = [
  `${BEGIN}(?:which|what) (?:of the|one|version|format|file|language|tone|style|dialect|logo|length|currency|time zone|colou?rs?|audience|budget)(?!\\p{L})${SAME}(?:meant|mean|want|prefer|should|use|need|like|have)`,
  `${BEGIN}(?:what|who) is (?:the|your) (?:target|intended|preferred|desired|expected|budget|deadline|audience|purpose)(?!\\p{L})`,
  `${BEGIN}how (?:long|many|much|detailed|formal|large|big)(?: \\p{L}{1,20}){0,3} (?:should|do you (?:want|need)|would you like|must)(?!\\p{L})`,
  `${BEGIN}(?:do you (?:want|prefer|need|mean|have (?:a|any|the))|would you (?:like|prefer|rather)|are you (?:looking for|able to (?:send|share|provide)))(?!\\p{L})`,
  `${BEGIN}(?:should|shall|may) (?:I|we|the|it|this)(?!\\p{L})|${BEGIN}(?:is|was) (?:meant|intended)(?!\\p{L})`,
  `${BEGIN}(?:soll|darf) ich(?!\\p{L})|${BEGIN}welche[rsn]? (?:der|von|sprache|version|format|datei|ton|stil)(?!\\p{L})|${BEGIN}(?:möchten|wünschen|meinen|bevorzugen) sie(?!\\p{L})`,
  `${BEGIN}(?:voulez|souhaitez|préférez)-vous|${BEGIN}dois-je|${BEGIN}quel(?:le)?s? (?:langue|version|format|fichier|ton|style)(?!\\p{L})`,
  `${BEGIN}(?:prefiere|desea|quiere)[sn]?(?!\\p{L})|${BEGIN}(?:debo|deveria|devo)(?!\\p{L})|${BEGIN}(?:qué|que|quale|qual) (?:idioma|formato|versión|versão|archivo|tono|estilo|lingua|versione)(?!\\p{L})|${BEGIN}(?:vuole|preferisce)(?!\\p{L})`,
  `${BEGIN}(?:какой|какая|какую|какие|на каком) (?:язык|верси|формат|файл|стил|тон)|${BEGIN}(?:вы хотите|хотите ли|мне (?:нужно|следует))`,
  '(?:您|你)(?:想要|希望|需要|更喜欢|是指)|需要我|我(?:应该|應該)|哪(?:个|一个|種|种)(?:版本|语言|格式|文件|风格)|どちら|どの(?:言語|形式|ファイル|バージョン)|ご希望|원하(?:시|는)|어느|어떤 (?:언어|형식|파일)',
].map((source) => new RegExp(source, 'iu')); // bounded: every repetition in the list has a bound

/** Whether a text is questions and nothing else, as one asks them before the work. */
function onlyAsks(sentences: readonly string[]): boolean {
  const asked = sentences.filter((sentence) => /[?？؟]$/u.test(sentence));
  const others = sentences.length - asked.length;
  if (asked.length === 0 || others > 1 || others >= asked.length) return false;
  return asked.some((sentence) => ASKS.some((one) => one.test(sentence)));
}

function unquoted(text: string): string {
  return text
    .replaceAll(/`[^`\n]{1,400}`/g, '…')
    .replaceAll(/"[^"\n]{1,400}"|“[^”\n]{1,400}”|«[^»\n]{1,400}»|„[^“\n]{1,400}“|「[^」\n]{1,400}」/g, '…');
}
