import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Rooms import one way; these may not be imported from `room`. */
function closed(room, rooms, packages = []) {
  const patterns = [
    { regex: `^(\\.\\./)+(${rooms.join('|')})(/|$)`, message: `${room}/ imports nothing of ${rooms.join(', ')}.` },
    ...packages.map((name) => ({ regex: name, message: `${room}/ runs without the development tools.` })),
  ];
  return {
    files: [`${room}/**/*.ts`],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
  };
}

const HARDHAT = ['^hardhat(/|$)', '^@nomicfoundation/'];

export default defineConfig(
  globalIgnores([
    'artifacts/',
    'cache/',
    'coverage/',
    'out_forge/',
    'cache_forge/',
    'typechain-types/',
    '**/generated/',
  ]),
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.mts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }], // bigint too
      eqeqeq: 'error',
    },
  },
  {
    files: ['sdk/**/*.ts', 'keeper/**/*.ts'],
    rules: { 'no-console': 'error' }, // these report through their callers and the logger
  },
  closed('sdk', ['deploy', 'keeper', 'sim', 'scripts', 'test'], HARDHAT),
  closed('deploy', ['keeper', 'sim', 'scripts', 'test'], HARDHAT),
  closed('keeper', ['deploy', 'sim', 'scripts', 'test'], HARDHAT),
  closed('sim', ['scripts', 'test']),
  closed('scripts', ['test']),
  {
    files: ['test/**/*.ts', '**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-expressions': 'off', // chai's `expect(x).to.be.true`
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    ignores: ['test/fixtures/loadFixture.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@nomicfoundation/hardhat-network-helpers',
              importNames: ['loadFixture'],
              message: 'test/fixtures/loadFixture.ts keeps the clock of a fixture too.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.cjs', '**/*.js'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { __dirname: 'readonly', console: 'readonly', process: 'readonly' },
    },
  },
);
