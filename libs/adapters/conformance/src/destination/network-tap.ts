import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Trouble } from './destination-fixture.ts';

interface Passage {
  readonly near: Socket;
  readonly far: Socket;
}

/** A TCP proxy on a free loopback port through which an adapter reaches its far end, and that can make trouble on the way. */
export class NetworkTap implements Trouble {
  private readonly passages = new Set<Passage>();
  private silent = false;
  private happened: (() => Promise<boolean>) | undefined;

  private constructor(
    private readonly server: Server,
    private readonly host: string,
    private readonly farPort: number,
  ) {
    server.on('connection', near => this.pass(near));
  }

  static async open(host: string, port: number): Promise<NetworkTap> {
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return new NetworkTap(server, host, port);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  silence(): void {
    this.silent = true;
  }

  loseAnswerWhen(happened: () => Promise<boolean>): void {
    this.happened = happened;
  }

  heal(): void {
    this.silent = false;
    this.cut();
  }

  /** Ends every connection without a goodbye. */
  cut(): void {
    for (const passage of [...this.passages]) this.end(passage);
  }

  connections(): number {
    return [...this.passages].filter(({ near }) => !near.destroyed).length;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise(resolve => this.server.close(resolve));
  }

  private pass(near: Socket): void {
    const far = connect({ host: this.host, port: this.farPort, noDelay: true });
    near.setNoDelay(true);
    const passage: Passage = { near, far };
    this.passages.add(passage);
    let answers = Promise.resolve();
    near.on('data', bytes => this.silent || far.write(bytes));
    far.on('data', bytes => {
      far.pause();
      answers = answers.then(() => this.answer(passage, bytes)).finally(() => far.resume());
    });
    // A far end behind a dead line does not hear that the near one hung up, and the other way round.
    near.on('close', () => this.silent || this.end(passage));
    far.on('close', () => this.silent || void answers.then(() => this.end(passage)));
    for (const socket of [near, far]) socket.on('error', () => this.silent || this.end(passage));
  }

  private async answer(passage: Passage, bytes: Buffer): Promise<void> {
    if (this.silent) return;
    if (this.happened !== undefined && (await this.happened())) {
      this.happened = undefined;
      return this.end(passage);
    }
    passage.near.write(bytes);
  }

  private end(passage: Passage): void {
    this.passages.delete(passage);
    passage.near.destroy();
    passage.far.destroy();
  }
}
