import { join } from 'node:path';

import { Command, InvalidArgumentError } from 'commander';
import { getAddress, isAddress, type Address } from 'viem';

import { adoptListings, writeManifest } from '../deploy';
import { checkDeployment, readDeployment } from '../sdk/deployment';
import { connect, DEPLOYMENTS, withNetworkOptions, type NetworkOptions } from './cli/network';
import { run } from './cli/run';

type Symbols = ReadonlyMap<Address, string>;

interface Options extends NetworkOptions {
  readonly symbol: Symbols;
}

const program = withNetworkOptions(new Command('adopt'))
  .description(
    'Writes the collaterals that were listed since the deployment into its manifest, so that policy files, keepers and ' +
      'reports know them by their symbols. Sends nothing.',
  )
  .option(
    '--symbol <address=symbol>',
    'what to call a token, instead of its own name for itself; as policy files do; may be repeated',
    parseSymbol,
    new Map(),
  )
  .action(adopt);

void run(program);

async function adopt(options: Options): Promise<void> {
  const { network, symbol: symbols } = options;
  const manifest = await readDeployment({ network, root: DEPLOYMENTS });
  const client = await connect(options);
  await checkDeployment(client, manifest);
  const { manifest: adopted, added } = await adoptListings(client, { manifest, symbols });
  if (added.length === 0) {
    print('the manifest names every collateral that is listed: nothing to do');
    return;
  }
  writeManifest(join(DEPLOYMENTS, network), adopted);
  for (const { symbol, address, decimals, feed } of added) {
    print(`${symbol}  ${address}, ${decimals} decimals, feed ${feed}`);
  }
  print(
    `wrote them into deployments/${network}/manifest.json; a policy file has to have them too: npm run policy -- diff`,
  );
}

function parseSymbol(text: string, before: Symbols): Symbols {
  const [address = '', symbol = ''] = text.split('=');
  if (!isAddress(address, { strict: false }) || symbol === '') {
    throw new InvalidArgumentError('It must be <address>=<symbol>.');
  }
  return new Map([...before, [getAddress(address), symbol]]);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
