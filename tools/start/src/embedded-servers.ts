import { symlinkSync, rmSync } from 'node:fs';
import path from 'node:path';
import { startPostgres, startRedis, type RunningPostgres, type RunningRedis } from '@waybill/servers';
import type { HomeFolder } from './home-folder.ts';
import type { Launched } from './launched.ts';

/** Starts the embedded Postgres, which is ready then. `learn` gets its address. */
export async function launchPostgres(
  home: HomeFolder,
  port: number,
  learn: (url: string) => void,
): Promise<Launched> {
  linkLog(home, 'postgres', `${home.postgres}.log`);
  const server = await startPostgres({ dataFolder: home.postgres, port, dieWithParent: true });
  learn(server.url);
  return launched(server);
}

/** Starts the embedded Redis, which is ready then. `learn` gets its address. */
export async function launchRedis(
  home: HomeFolder,
  port: number,
  password: string,
  learn: (url: string) => void,
): Promise<Launched> {
  linkLog(home, 'redis', path.join(home.redis, 'redis.log'));
  const server = await startRedis({ dataFolder: home.redis, port, password, dieWithParent: true });
  learn(server.url);
  return launched(server);
}

const launched = ({ pid, exited, stop }: RunningPostgres | RunningRedis): Launched => ({
  pid,
  exited,
  lastWords: () => '',
  stop,
});

/** These two write their logs beside their data; a link leads there from where the other logs are. */
function linkLog(home: HomeFolder, name: string, file: string): void {
  const link = path.join(home.logs, `${name}.log`);
  rmSync(link, { force: true });
  symlinkSync(path.relative(home.logs, file), link);
}
