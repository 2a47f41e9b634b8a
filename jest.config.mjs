/**
 * Three tiers, told apart by file name: *.spec.ts is pure, *.int.ts and *.conformance.ts run against real
 * servers (tools/test starts them), apps/e2e runs the whole product.
 */
const swc = [
  '@swc/jest',
  {
    jsc: {
      target: 'es2023',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true },
      keepClassNames: true,
    },
    module: { type: 'es6' },
  },
];
const tier = (displayName, testMatch, extra = {}) => ({
  displayName,
  testMatch,
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/.waybill/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.waybill/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': swc },
  testEnvironment: 'node',
  ...extra,
});
export default {
  // A net under tests that hang; on a busy machine with two cores, honest ones against real servers take seconds.
  testTimeout: 60_000,
  projects: [
    tier('spec', ['<rootDir>/**/*.spec.ts']),
    tier('int', ['<rootDir>/{libs,apps,tools}/**/*.int.ts', '<rootDir>/libs/**/*.conformance.ts']),
    tier('e2e', ['<rootDir>/apps/e2e/**/*.e2e.ts']),
  ],
};
