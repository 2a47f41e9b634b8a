/**
 * `npm run test:servers`: keeps Postgres, Redis, Swift and OpenSSH running for whoever works on tests, until Ctrl-C.
 */
import { installDebianPackages, startTestServers, testPackages, testServersFile } from '@waybill/servers';
import { removeServersFile, writeServersFile } from './servers-file.ts';
import { untilInterrupted } from './until-interrupted.ts';

const interrupted = untilInterrupted();
const file = testServersFile();
await installDebianPackages(testPackages);
const { servers, stop } = await startTestServers();
// A timer keeps the process alive: the servers are children that it doesn't wait for.
const alive = setInterval(() => undefined, 60_000);
await writeServersFile(file, servers);
console.log(`Test servers run; ${file} says where. Ctrl-C stops them.`);
const signal = await interrupted;
clearInterval(alive);
await removeServersFile(file);
await stop();
console.log(`Test servers stopped (${signal}).`);
