import type { EdgeLanding } from '@waybill/landing';

/**
 * The landing, asked only after `check` passed wherever a request makes an object: a file that was written to while it was
 * read never stands under its key, not even until it is read again. (Parts are checked before the upload is completed.)
 */
export function stillLanding(landing: EdgeLanding, check: () => Promise<void>): EdgeLanding {
  return {
    description: landing.description,
    get wantsMd5() {
      return landing.wantsMd5;
    },
    probe: signal => landing.probe(signal),
    begin: upload => landing.begin(upload),
    sendPart: part => landing.sendPart(part),
    listParts: (upload, signal) => landing.listParts(upload, signal),
    async put(object) {
      await check();
      return landing.put(object);
    },
    close: () => landing.close(),
  };
}
