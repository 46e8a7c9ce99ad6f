import type { Socket } from 'node:net';
import type { RawAnswer } from './raw-server.ts';

export interface OddAnswer {
  readonly name: string;
  readonly answer: RawAnswer;
}

const CRLF = '\r\n';
const JSON_TYPE = 'content-type: application/json';

function head(status: number | string, ...headers: readonly string[]): string {
  return [`HTTP/1.1 ${status} Some Words`, ...headers, '', ''].join(CRLF);
}

/** Writes a piece again and again until the caller leaves; as fast as it is taken where there is no pause. */
function endless(socket: Socket, piece: string, pauseMs: number): void {
  if (pauseMs > 0) {
    const timer = setInterval(() => socket.write(piece), pauseMs);
    socket.on('close', () => clearInterval(timer));
    return;
  }
  const more = (): void => {
    if (!socket.destroyed) socket.write(piece, () => setImmediate(more));
  };
  more();
}

const bodiless = (status: number): boolean => status < 200 || status === 204 || status === 304;

/** Every status that three digits can say, without a body. */
const EMPTY: readonly OddAnswer[] = Array.from({ length: 900 }, (_, index) => {
  const status = 100 + index;
  const length = bodiless(status) ? [] : ['content-length: 0'];
  return {
    name: `${status}, empty`,
    answer: (socket) => void socket.write(head(status, ...length)),
  };
});

/** One of each kind, and those that clients treat each in its own way. */
const STATUSES_WITH_BODY = [
  200, 201, 202, 203, 206, 226, 299, 300, 301, 302, 307, 308, 400, 401, 403, 404, 405, 408, 409, 410, 412,
  413, 418, 421, 425, 426, 428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 520, 530, 599, 600, 666, 700,
  999,
];

/** The same with a body that is not the other side's own. */
const WITH_BODY: readonly OddAnswer[] = STATUSES_WITH_BODY.flatMap((status): OddAnswer[] => {
  const page = '<html><body>Please log in</body></html>';
  const other = '{"message":"nothing here"}';
  return [
    {
      name: `${status}, a page`,
      answer: (socket) =>
        void socket.write(head(status, 'content-type: text/html', `content-length: ${page.length}`) + page),
    },
    {
      name: `${status}, JSON of something else`,
      answer: (socket) =>
        void socket.write(head(status, JSON_TYPE, `content-length: ${other.length}`) + other),
    },
  ];
});

export const STATUSES: readonly OddAnswer[] = [...EMPTY, ...WITH_BODY];

const say = (name: string, text: string): OddAnswer => ({
  name,
  answer: (socket) => void socket.write(text),
});
const sayAndClose = (name: string, text: string): OddAnswer => ({
  name: `${name}, then closes`,
  answer: (socket) => void socket.end(text),
});
const drip = (name: string, first: string, piece: string, pauseMs = 0): OddAnswer => ({
  name,
  answer: (socket) => {
    socket.write(first);
    endless(socket, piece, pauseMs);
  },
});

const UPGRADE = ['connection: upgrade', 'upgrade: websocket'];

/** What else a server, a gateway or a network makes of an answer. */
export const BROKEN: readonly OddAnswer[] = [
  say('says nothing', ''),
  sayAndClose('says nothing', ''),
  { name: 'resets', answer: (socket) => void socket.resetAndDestroy() },
  say('switches protocols', head(101, ...UPGRADE)),
  sayAndClose('switches protocols', head(101, ...UPGRADE)),
  say('switches protocols and talks on', `${head(101, ...UPGRADE)}\u0081\u0005hello`),
  say('switches protocols without saying to which', head(101)),
  say('says 200 and offers another protocol', head(200, ...UPGRADE, 'content-length: 0')),
  say('asks for another protocol', head(426, ...UPGRADE, 'content-length: 0')),
  say('half a status line', 'HTTP/1.1 20'),
  sayAndClose('half a status line', 'HTTP/1.1 20'),
  sayAndClose('a status line alone', `HTTP/1.1 200 OK${CRLF}`),
  say('headers without an end', `HTTP/1.1 200 OK${CRLF}a: b${CRLF}`),
  drip('one header after the other, slowly', `HTTP/1.1 200 OK${CRLF}`, `x-more: 1${CRLF}`, 20),
  drip('one header after the other, fast', `HTTP/1.1 200 OK${CRLF}`, `x-more: ${'1'.repeat(4_000)}${CRLF}`),
  drip('one header that never ends', `HTTP/1.1 200 OK${CRLF}x-long: `, 'x'.repeat(4_096)),
  drip('provisional answers forever', '', head(103), 10),
  drip('"continue" forever, fast', '', head(100)),
  say('a body that stops', `${head(200, JSON_TYPE, 'content-length: 100')}{"a":`),
  sayAndClose('a body that stops', `${head(200, JSON_TYPE, 'content-length: 100')}{"a":`),
  sayAndClose(
    'an error whose body stops',
    `${head(404, 'content-type: application/xml', 'content-length: 100')}<Err`,
  ),
  say(
    'an error whose body stops',
    `${head(404, 'content-type: application/xml', 'content-length: 100')}<Err`,
  ),
  say('a body that is longer than it says', `${head(200, JSON_TYPE, 'content-length: 2')}{}{}{}{}`),
  say('two lengths', `${head(200, JSON_TYPE, 'content-length: 2', 'content-length: 7')}{}`),
  say('a negative length', `${head(200, JSON_TYPE, 'content-length: -1')}{}`),
  say('a length of forty digits', `${head(200, JSON_TYPE, `content-length: ${'9'.repeat(40)}`)}{}`),
  drip('a body, byte by byte', head(200, JSON_TYPE, 'content-length: 100000'), ' ', 20),
  drip('a body without an end, fast', head(200, JSON_TYPE), 'x'.repeat(65_536)),
  drip('an error without an end, fast', head(500, JSON_TYPE), 'x'.repeat(65_536)),
  say('chunks that stop', `${head(200, JSON_TYPE, 'transfer-encoding: chunked')}2${CRLF}{}${CRLF}`),
  sayAndClose('chunks that stop', `${head(200, JSON_TYPE, 'transfer-encoding: chunked')}2${CRLF}{}${CRLF}`),
  say('chunks of no size', `${head(200, JSON_TYPE, 'transfer-encoding: chunked')}zz${CRLF}{}${CRLF}`),
  drip('chunks forever', head(200, JSON_TYPE, 'transfer-encoding: chunked'), `1${CRLF}x${CRLF}`, 10),
  say(
    'chunks and a length',
    `${head(200, JSON_TYPE, 'transfer-encoding: chunked', 'content-length: 3')}0${CRLF}${CRLF}`,
  ),
  say(
    'a coding that it is not in',
    `${head(200, JSON_TYPE, 'content-encoding: gzip', 'content-length: 2')}{}`,
  ),
  say(
    'a coding that nobody knows',
    `${head(200, JSON_TYPE, 'content-encoding: rot13', 'content-length: 2')}{}`,
  ),
  say('no HTTP', '220 mail.example.com ESMTP ready\r\n'),
  say('HTTP/0.9', '<html>hello</html>'),
  say('the beginning of TLS', '\u0016\u0003\u0001\u0000\u00a5\u0001\u0000\u0000\u00a1\u0003\u0003'),
  say('the beginning of HTTP/2', '\u0000\u0000\u0012\u0004\u0000\u0000\u0000\u0000\u0000'),
  say('a status of two digits', `HTTP/1.1 20 OK${CRLF}content-length: 0${CRLF}${CRLF}`),
  say('a status of four digits', `HTTP/1.1 2000 OK${CRLF}content-length: 0${CRLF}${CRLF}`),
  say('a status below all', `HTTP/1.1 042 OK${CRLF}content-length: 0${CRLF}${CRLF}`),
  say('a header with a zero byte', head(200, 'x-odd: a\u0000b', 'content-length: 0')),
  say('a redirect to itself', head(302, 'location: /', 'content-length: 0')),
  say('a redirect to nowhere', head(307, 'location: http://[', 'content-length: 0')),
  say('patience forever', head(429, 'retry-after: 1e999', 'content-length: 0')),
  say(
    'a hundred cookies',
    head(200, ...Array.from({ length: 100 }, (_, index) => `set-cookie: c${index}=1`), 'content-length: 0'),
  ),
  say('deep JSON', `${head(200, JSON_TYPE, 'content-length: 200000')}${'['.repeat(200_000)}`),
  say('null', `${head(200, JSON_TYPE, 'content-length: 4')}null`),
  say('a number', `${head(404, JSON_TYPE, 'content-length: 1')}7`),
];
