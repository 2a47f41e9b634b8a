/** What an embedded part is called in the embedded configuration. */
export const embeddedDestination = 'partner';

/** The configuration of `npm start` where the user has none: a folder to drop files in, delivered by the embedded SFTP. */
export function embeddedConfiguration(inbox: string): string {
  return `# Written by npm start at each start. For a configuration of your own, copy this file to waybill.yaml beside
# package.json, or name yours in WAYBILL_CONFIG.
node: local
# No "landing": the S3 server of npm start.
sources:
  - { name: inbox, type: watch-folder, path: ${JSON.stringify(inbox)}, finish: { idle: 2s } }
destinations:
  - { name: ${embeddedDestination}, type: sftp, embedded: true }
routes:
  - { from: inbox, deliver: [${embeddedDestination}] }
`;
}
