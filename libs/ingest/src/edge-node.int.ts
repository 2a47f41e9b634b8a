import { spawn } from 'node:child_process';
import { freshDatabase, type FreshDatabase } from '@waybill/migrate';
import { testServers } from '@waybill/servers';
import { openDatabase, registerEdge, registerSources, takeListing, type Database } from '@waybill/state';
import { EdgeNode } from './index.ts';
import { processIdentity } from './process-identity.ts';

let fresh: FreshDatabase;
let db: Database;
const opened: EdgeNode[] = [];
const quiet = { info: () => undefined, warn: () => undefined };
const never = new AbortController().signal;

beforeAll(async () => {
  fresh = await freshDatabase(testServers().postgresUrl);
  db = openDatabase(fresh.url);
});
afterEach(async () => {
  for (const node of opened.splice(0)) await node.leave();
});
afterAll(async () => {
  await db.$disconnect();
  await fresh.drop();
});

function edge(name: string, onLost = () => undefined as void, leaseMs = 1_000): EdgeNode {
  const node = new EdgeNode(db, name, '0.1.0', quiet, onLost, leaseMs);
  opened.push(node);
  return node;
}

const since = async (work: Promise<unknown>) => {
  const start = performance.now();
  await work;
  return performance.now() - start;
};

describe('an edge node’s name', () => {
  it('is held by one live process: a second one refuses with one sentence, and the first goes on', async () => {
    let lost = false;
    await edge('north', () => (lost = true)).take([{ name: 'inbox', type: 'watch-folder' }], never);
    const second = edge('north');
    await expect(second.take([], never)).rejects.toMatchObject({
      name: 'NodeTakenError',
      exitCode: 78,
      message:
        'Another live process works as the edge node "north": stop it, or give this one another "node" in its configuration.',
    });
    expect(lost).toBe(false);
  }, 10_000);

  it('of a process that died is taken at once', async () => {
    const child = spawn('sleep', ['60']);
    const identity = processIdentity(child.pid);
    const dead = { name: 'south', instance: crypto.randomUUID(), version: '0.1.0', process: identity };
    await registerEdge(db, { ...dead, leaseMs: 60_000 });
    child.kill('SIGKILL');
    await new Promise(resolve => child.once('exit', resolve));
    expect(await since(edge('south', undefined, 60_000).take([], never))).toBeLessThan(4_000);
  });

  it('of a process that nothing is known of is free when its lease ran out', async () => {
    const gone = { name: 'east', instance: crypto.randomUUID(), version: '0.1.0', process: 'elsewhere 17' };
    await registerEdge(db, { ...gone, leaseMs: 1_200 });
    const waited = await since(edge('east').take([], never));
    expect(waited).toBeGreaterThan(700);
  }, 10_000);

  it('given back in order is free at once', async () => {
    const first = edge('west', undefined, 60_000);
    await first.take([], never);
    await first.leave();
    expect(await since(edge('west', undefined, 60_000).take([], never))).toBeLessThan(4_000);
  });

  it('that another process took ends the one that had it', async () => {
    const lost = new Promise<void>(resolve => {
      void edge('lost', resolve, 400).take([], never);
    });
    await new Promise(resolve => setTimeout(resolve, 100));
    await db.$executeRaw`UPDATE edge_nodes SET instance = gen_random_uuid() WHERE name = 'lost'`;
    await lost;
  });

  it('is not waited for once the process is told to stop', async () => {
    await edge('held').take([], never);
    await expect(edge('held').take([], AbortSignal.timeout(300))).rejects.toThrow(/abort|time/i);
  });
});

describe('a source’s name', () => {
  it('that another live node has is refused with one sentence, and this node’s name is free again', async () => {
    await edge('owner').take([{ name: 'cards', type: 'watch-folder' }], never);
    await expect(
      edge('other', undefined, 60_000).take([{ name: 'cards', type: 'watch-folder' }], never),
    ).rejects.toThrow(
      'The source "cards" belongs to the edge node "owner": give it another name here, or remove it there first.',
    );
    expect(await since(edge('other', undefined, 60_000).take([], never))).toBeLessThan(4_000);
  });

  it('of a node that is gone passes on, unless that node still owes a file of it', async () => {
    const owner = edge('old');
    await owner.take(
      [
        { name: 'done', type: 'watch-folder' },
        { name: 'owing', type: 'watch-folder' },
      ],
      never,
    );
    await takeListing(db, {
      source: 'owing',
      node: 'old',
      landing: 's3',
      actor: 'old',
      items: [
        {
          key: 'a.mp4',
          filename: 'a.mp4',
          identity: '1',
          revision: '1',
          size: 1,
          contentType: 'video/mp4',
          landingKey: 'a.mp4',
          route: { deliver: [], metadata: 'never', deliverIncomplete: false },
        },
      ],
    });
    await owner.leave();
    await edge('new').take([{ name: 'done', type: 'watch-folder' }], never);
    expect(await registerSources(db, 'new', [{ name: 'owing', type: 'watch-folder' }])).toEqual([
      { name: 'owing', node: 'old' },
    ]);
  });
});
