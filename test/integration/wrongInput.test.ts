import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

import { expect } from 'chai';

import { outcomeOf, runScript, spawnScript } from '../fixtures/runScript';

describe('npm run node, npm run report:image, npm test and npm start', function () {
  this.timeout(60_000);

  it('end with one line and code 1 on a wrong flag, a wrong value, a missing file and a port that is taken [DEP-06]', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      const outcomes = await Promise.all([
        runScript('node', ['--bogus']),
        runScript('node', ['--port', '80000']),
        runScript('node', ['--port', String(port)]),
        runScript('node', ['--host', '192.0.2.1', '--port', '0']),
        runScript('toolchain/test', ['--wrong']),
        runScript('toolchain/test', ['--only', 'everything']),
        runScript('start', ['--wrong']),
        runScript('reportImage', ['no-such-report.html']),
      ]);
      const hint = '(--help lists what there is)';
      const lines = [
        `error: unknown option '--bogus' ${hint}`,
        `error: option '--port <number>' argument '80000' is invalid. It must be a whole number from 0 to 65535. ${hint}`,
        `error: port ${port} is taken, perhaps by another node: stop it or name another --port`,
        'error: cannot listen on 192.0.2.1, port 0 (EADDRNOTAVAIL)',
        `error: unknown option '--wrong' ${hint}`,
        `error: option '--only <suite...>' argument 'everything' is invalid. Allowed choices are unit, integration, attacks, typescript, solidity, proofs. ${hint}`,
        `error: unknown option '--wrong' ${hint}`,
        'error: there is no report no-such-report.html',
      ];
      expect(outcomes.map(({ stderr }) => stderr)).to.deep.equal(lines.map((line) => `${line}\n`));
      expect(outcomes.map(({ stdout }) => stdout)).to.deep.equal(lines.map(() => ''));
      expect(outcomes.map(({ code }) => code)).to.deep.equal(lines.map(() => 1));
    } finally {
      other.close();
    }
  });

  it('say how they are used', async () => {
    const [node, test] = await Promise.all([runScript('node', ['--help']), runScript('toolchain/test', ['--help'])]);
    expect(node.stdout).to.match(/^Usage: node \[options\]\n[^]*--host[^]*--port/);
    expect(test.stdout).to.match(/^Usage: test \[options\]\n[^]*--only/);
  });

  it('serve a chain until they are interrupted, without a word about requests', async () => {
    const child = spawnScript('node', ['--port', '0']);
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const url = /^chain 31337 at (http:\/\/127\.0\.0\.1:\d+); Ctrl-C stops it$/.exec(line)?.[1];
    const response = await fetch(url!, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
    });
    expect(await response.json()).to.deep.equal({ jsonrpc: '2.0', id: 1, result: '0x7a69' });
    const ended = outcomeOf(child);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect(code).to.equal(0);
    expect(stderr).to.equal('');
    expect(stdout).to.match(/^(the node signs for 20 accounts, [^\n]*\n)?stopped\n$/); // the first line may be read above
  });
});
