/** As `engines` in package.json says; what Prisma 7 and the AWS SDK bear. */
const floors = { 20: 19, 22: 12 };

/** One sentence when Waybill doesn't run on this version of Node, else undefined. */
export function nodeVersionProblem(version) {
  const [major, minor] = version.split('.').map(Number);
  const floor = floors[major];
  if (floor === undefined ? major >= 24 : minor >= floor) return undefined;
  return `Waybill needs Node 20.19 or newer (20.x), 22.12 or newer (22.x), or 24 and up; this is Node ${version}: install a newer one (https://nodejs.org) and run the command again.`;
}
