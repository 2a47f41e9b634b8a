import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

interface Graph {
  readonly graph: { readonly dependencies: Readonly<Record<string, readonly { readonly target: string }[]>> };
}

it('Nx knows what each app is made of: a change in a lib rebuilds the apps that use it', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'waybill-graph-'));
  try {
    const file = path.join(folder, 'graph.json');
    execFileSync(process.execPath, ['node_modules/nx/dist/bin/nx.js', 'graph', `--file=${file}`], {
      stdio: 'pipe',
    });
    const { dependencies } = (JSON.parse(readFileSync(file, 'utf8')) as Graph).graph;
    const targets = (name: string) => (dependencies[name] ?? []).map(({ target }) => target);
    expect(targets('@waybill/edge-ingester')).toEqual(
      expect.arrayContaining(['@waybill/ingest', '@waybill/registry']),
    );
    expect(targets('@waybill/registry')).toContain('@waybill/source-watch-folder');
    expect(targets('@waybill/ingest')).toContain('@waybill/transfer');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
