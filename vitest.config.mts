import { defineConfig } from 'vitest/config';

import testFolders from './scripts/toolchain/testFolders.json' with { type: 'json' };

export default defineConfig({
  test: {
    include: testFolders.vitest.map((folder) => `${folder}/**/*.test.ts`),
    passWithNoTests: true,
    testTimeout: 30_000,
  },
});
