import { describe, expect, it } from 'vitest';

import { createSecret } from '../config';
import { createLogger } from './createLogger';

function capture() {
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } });
  return { logger, lines };
}

describe('createLogger', () => {
  it('writes one line of JSON for an event, integers of the chain as text [KPR-11]', () => {
    const { logger, lines } = capture();
    logger.info({ block: 12n ** 20n, text: 'a\nb' }, 'price_poked');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trim()).not.toContain('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      event: 'price_poked',
      block: '3833759992447475122176',
    });
  });

  it('hides secrets and what is below its level [KPR-09]', () => {
    const { logger, lines } = capture();
    logger.debug({}, 'head_processed');
    logger.warn({ key: createSecret('hush') }, 'odd');
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('hush');
  });
});
