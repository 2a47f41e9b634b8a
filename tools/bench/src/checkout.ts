/** The checkout's folder; bench.mjs says where it is, since this runs bundled from elsewhere. */
export const checkout = process.env['WAYBILL_BENCH_ROOT'] ?? process.cwd();
