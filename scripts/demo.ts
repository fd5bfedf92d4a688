import { Command, InvalidArgumentError } from 'commander';

import { DEVELOPMENT_CHAIN } from '../deploy';
import { checkDeployment, readDeployment } from '../sdk/deployment';
import { AppError } from '../sdk/errors';
import { formatWad } from '../sdk/format';
import { connect, DEPLOYMENTS, withNetworkOptions, type NetworkOptions } from './cli/network';
import { parsePrice, type Prices } from './cli/parsePrice';
import { run } from './cli/run';
import { createActors } from './demo/createActors';
import { formatLoans } from './demo/formatLoans';
import { openLoans } from './demo/openLoans';
import { pushPrices, toNewPrices } from './demo/prices';
import { readLoans } from './demo/readLoans';

interface Options extends NetworkOptions {
  readonly price?: Prices;
  readonly shock?: number;
}

const program = withNetworkOptions(new Command('demo'))
  .description(
    'Brings a deployment on a development chain to life: a lender, and loans of different leverage. With a new price the ' +
      'running keeper has something to do. Run again, it opens only the loans that are gone.',
  )
  .option('--price <symbol=quote>', 'then push this price, as WETH=1500; may be repeated', parsePrice)
  .option('--shock <percent>', 'then move all other prices by so much, as -12%', parseShock)
  .action(demo);

void run(program);

async function demo(options: Options): Promise<void> {
  const { network, price = {}, shock } = options;
  const client = await connect(options);
  const chainId = await client.getChainId();
  if (chainId !== DEVELOPMENT_CHAIN) {
    throw new AppError(`the demo makes up money and prices: ${network} is chain ${chainId}, no development chain`, {
      code: 'demo_refused',
    });
  }
  const manifest = await readDeployment({ network, root: DEPLOYMENTS });
  await checkDeployment(client, manifest);
  const world = { client, manifest, ...(await createActors(client)) };
  const changes = await toNewPrices(world, { prices: price, ...(shock !== undefined && { shock }) });

  const opened = await openLoans(world);
  print(`${opened} loans opened, ${world.borrowers.length - opened} were there; amounts in ${manifest.quote.symbol}`);
  print(formatLoans(await readLoans(world)));
  if (changes.length > 0) {
    await pushPrices(world, changes);
    print(`\nafter ${changes.map(({ symbol, from, to }) => `${symbol} ${show(from)} → ${show(to)}`).join(', ')}`);
    print(formatLoans(await readLoans(world)));
  }

  const on = `-- --network ${network}${options.rpc === undefined ? '' : ` --rpc ${options.rpc}`}`;
  print(`\none of them line by line: npm run explain -- ${world.borrowers[0] ?? ''} ${on.slice('-- '.length)}`);
  print(
    changes.length > 0
      ? `what follows is the keeper's: npm run keeper ${on}`
      : `give the keeper something to do: npm run demo ${on} --shock -12%`,
  );
}

function parseShock(text: string): number {
  const percent = Number(/^([+-]?\d+(?:\.\d+)?)\s*%?$/.exec(text)?.[1]);
  if (!(percent > -100 && percent <= 100))
    throw new InvalidArgumentError('Write it as -12%, from above -100% to 100%.');
  return percent / 100;
}

function show(price: bigint): string {
  return formatWad(price);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
