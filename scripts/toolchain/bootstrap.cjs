'use strict';

// `npm start` and `npm test` land here with nothing but Node and npm on the machine: plain JavaScript,
// no dependency. It refuses a Node that cannot work, installs what the lockfile asks for when something
// is missing, and hands over to the real script.

const { spawn, spawnSync } = require('node:child_process');
const { existsSync, readFileSync } = require('node:fs');
const { basename, join } = require('node:path');

const ROOT = join(__dirname, '..', '..');
const SCRIPTS = { start: 'scripts/start.ts', test: 'scripts/toolchain/test.ts' };

function main() {
  const [name, ...args] = process.argv.slice(2);
  const script = SCRIPTS[name];
  if (script === undefined) fail(`unknown command '${name}', expected one of: ${Object.keys(SCRIPTS).join(', ')}`);
  if (!nodeIsSupported(process.versions.node)) {
    const { engines } = readJson('package.json');
    fail(
      `Node.js ${engines.node} is needed and this is ${process.versions.node}. Install a current one and try again.`,
    );
  }
  const reason = whyInstall();
  if (reason !== undefined) install(reason);
  handOver(join(ROOT, 'node_modules/tsx/dist/cli.mjs'), [join(ROOT, script), ...args]);
}

/** Run the real script to its end; a stop sent to this process reaches it, so no chain is left running. */
function handOver(tsx, args) {
  const child = spawn(process.execPath, [tsx, ...args], { cwd: ROOT, stdio: 'inherit' });
  process.on('SIGINT', () => {}); // Ctrl-C goes to the child as well, which decides when to end
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => fail(`cannot run the script: ${error.message}`));
  child.on('exit', (code) => process.exit(code === null ? 1 : code)); // null when a signal ended it
}

/** The same rule as `engines` in package.json: ^20.19.0 || ^22.13.0 || >=24. */
function nodeIsSupported(version) {
  const [major, minor] = version.split('.').map(Number);
  return (major === 20 && minor >= 19) || (major === 22 && minor >= 13) || major >= 24;
}

/** Why node_modules is not what package-lock.json describes; undefined when it is. */
function whyInstall() {
  const installedLock = 'node_modules/.package-lock.json'; // npm's own record of what it installed
  if (!existsSync(join(ROOT, installedLock))) return 'dependencies are not installed yet';
  const wanted = readJson('package-lock.json').packages;
  const installed = readJson(installedLock).packages;
  for (const [path, { version, integrity, optional, devOptional, peer }] of Object.entries(wanted)) {
    if (path === '') continue; // the project itself
    const found = installed[path];
    if (found === undefined) {
      if (optional || devOptional || peer) continue; // built for another platform, or not asked for
      return `${path} is missing`;
    }
    if (found.version !== version || found.integrity !== integrity) return `${path} is not at ${version}`;
  }
  return undefined;
}

function install(reason) {
  console.log(`Installing dependencies (${reason}); this takes a minute the first time.`);
  const npmCli = process.env.npm_execpath;
  const args = ['ci', '--include=dev'];
  const status =
    npmCli !== undefined && basename(npmCli).startsWith('npm-cli')
      ? run(process.execPath, [npmCli, ...args])
      : run('npm', args, { shell: process.platform === 'win32' });
  if (status !== 0) fail('npm ci failed, see above');
}

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', ...options });
  if (error) fail(`cannot run ${command}: ${error.message}`);
  return status === null ? 1 : status; // null when a signal ended it
}

function readJson(path) {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

function fail(message) {
  console.error(`plimsoll: ${message}`);
  process.exit(1);
}

main();
