/** What the numbers mean; printed below the tables and kept in the JSON. */
export const notes: readonly string[] = [
  'wall: for programs and bare loops, from the start of the process to its end. For waybill-landing, from the first finish verdict ("ready") to the last s3_completed; for waybill-line, from the same verdict to the last delivery.',
  'from drop: from the moment the files were moved into the watch folder to the same end; it holds the idle time that Waybill waits for (1 s) and its listings.',
  'CPU: user and system time of the whole process tree; for Waybill of all its apps from the drop on (so with listing and discovery), their start not counted. state CPU: what Postgres and Redis used meanwhile.',
  'peak memory: all processes of the side together, Waybill’s apps from their start.',
  'speed: 2 × is half the time. The fastest peer is the fastest other program; the bare loops (sdk-loop) keep no state and are no peers.',
  'Every upload was verified: each object by name and size through Amazon’s client, one by the SHA-256 of its download; what the partner got by SFTP by count and size.',
];
