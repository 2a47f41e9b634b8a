import { connect } from 'node:net';

const seconds = 5;

/**
 * Resolves when Redis answers PONG, which it does once its data is loaded; rejects with what it answered instead.
 * Speaks the protocol's inline commands, so that starting a server needs no client library.
 */
export function pingRedis(port: number, password: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setTimeout(seconds * 1000, () =>
      socket.destroy(new Error(`no answer within ${String(seconds)} s`)),
    );
    let answer = '';
    socket.setEncoding('utf8');
    socket.once('connect', () => {
      socket.end(`${password === undefined ? '' : `AUTH ${password}\r\n`}PING\r\nQUIT\r\n`);
    });
    socket.on('data', (text: string) => (answer += text));
    socket.once('error', reject);
    socket.once('close', () => {
      if (answer.includes('+PONG')) resolve();
      else reject(new Error(`Redis answered: ${answer.trim() || 'nothing'}`));
    });
  });
}
