/** What requests are put together from, where it is not what they should be. */

const lines = (text: string): string[] => text.trim().split('\n');

export const ODD_METHODS = [
  ...'HEAD OPTIONS PUT DELETE TRACE PATCH CONNECT PROPFIND PRI M-SEARCH get'.split(' '),
  ...['', 'G ET', 'X'.repeat(100)],
];

export const ODD_TARGETS = [
  ...lines(`
/
*
//
x
/../..
/%2e%2e/
http://x/create-room
/\\
/?
/#
/;
/socket.io
/socket.io/x
/api/v1
/api/v1/
/assets/..
`),
  ...['', `/${'a'.repeat(17_000)}`],
];

/** Fields of a handshake of Engine.IO, good ones among them. */
export const ENGINE_FIELDS = lines(`
EIO=4
EIO=4
EIO=3
EIO=
transport=polling
transport=websocket
transport=webtransport
transport=__proto__
transport=constructor
sid=__proto__
sid=constructor
sid=toString
sid=
sid=AAAAAAAAAAAAAAAAAAAA
j=0
j=alert(1)
b64=1
t=1
`);

export const HEADERS = [
  ...lines(`
Accept: text/html
Accept: ,,;;q=
Access-Control-Request-Method: POST
Authorization: Basic YTpi
Authorization: Bearer
Authorization: Bearer a b
Authorization: Bearer {{service}}
Authorization: bearer  {{service}}
Connection: close
Connection: keep-alive
Connection: Upgrade
Content-Encoding: gzip
Content-Length: 3
Content-Length: -1
Content-Length: 0x3
Content-Length: 99999999999999999999
Content-Length : 3
Content-Type:
Content-Type: application/json
Content-Type: application/json; charset=x
Content-Type: multipart/form-data
Content-Type: text/plain
Cookie: io=x
Expect: 100-continue
Expect: x
Forwarded: for=x
Host: y
If-Match: *
Origin: http://x
Origin: null
Range: bytes=0-
Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=99
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
Sec-WebSocket-Key: x
Sec-WebSocket-Version: 13
Sec-WebSocket-Version: 99
TE: trailers
Transfer-Encoding: chunked
Transfer-Encoding: gzip, chunked
Upgrade: h2c
Upgrade: websocket
X-Forwarded-For: 1.2.3.4
X-Forwarded-For: ,,,
no colon
: no name
`),
  ...[' folded', 'Transfer-Encoding: \x0bchunked', `X-Long: ${'x'.repeat(17_000)}`],
];

/** What has a meaning in the text of a request. */
export const HTTP_WORDS = [
  ...['\r\n', '\n', '\r', '\r\n\r\n', '\r\n ', ': ', '0\r\n\r\n', 'chunked', 'HTTP/1.1'],
];
