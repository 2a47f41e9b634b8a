import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg';

/** The little of WebAssembly that is needed here: neither TypeScript's ES library nor Node's types declare it. */
interface WebAssemblyApi {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ readonly instance: { readonly exports: EngineExports } }>;
}
interface EngineExports {
  readonly __wbindgen_start: () => void;
}

let loaded: Promise<void> | undefined;

async function load(): Promise<void> {
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm');
  const bytes = await readFile(path.join(path.dirname(entry), 'schema_engine_bg.wasm'));
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue });
  (glue as unknown as { __wbg_set_wasm(wasm: EngineExports): void }).__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}

/**
 * PrismaPg as it stands cuts a script at every semicolon, also inside functions and comments. Postgres itself takes the
 * whole script in one simple query, and then all of it or nothing is applied, as with Prisma's native engine.
 */
class WholeScriptPg extends PrismaPg {
  private readonly adapters: Awaited<ReturnType<PrismaPg['connect']>>[] = [];

  override async connect(): Promise<Awaited<ReturnType<PrismaPg['connect']>>> {
    const adapter = await super.connect();
    adapter.executeScript = async (script: string) => {
      await adapter.underlyingDriver().query(script);
    };
    this.adapters.push(adapter);
    return adapter;
  }

  async end(): Promise<void> {
    await Promise.all(this.adapters.map(adapter => adapter.dispose()));
  }
}

/**
 * Prisma's own schema engine, as WebAssembly over the `pg` driver: the native engine can't be downloaded everywhere,
 * and a stubbed one reports success without applying anything. An internal interface of Prisma, so the exact version is
 * pinned in package.json and tested here. Call `close` when done.
 */
export async function openSchemaEngine(
  databaseUrl: string,
  datamodel: string,
): Promise<{ readonly engine: glue.SchemaEngine; readonly close: () => Promise<void> }> {
  await (loaded ??= load());
  // One connection: the engine's advisory lock belongs to a session.
  const pg = new WholeScriptPg({ connectionString: databaseUrl, max: 1, idleTimeoutMillis: 10 });
  const factory = bindMigrationAwareSqlAdapterFactory(pg);
  const engine = await glue.SchemaEngine.new(
    { datamodels: [['schema.prisma', datamodel]] },
    () => undefined,
    factory,
  );
  return {
    engine,
    async close() {
      engine.free();
      await pg.end();
    },
  };
}
