import { describe, expect, it } from 'vitest';

import { loadScenario } from '../scenario/loadScenario';
import { createPricePath } from '../scenario/pricePath';
import { createMarketPath } from './marketPath';

const { ETH } = loadScenario('black-thursday-books').books!.markets;
const terms = { ...ETH!, memory: 3_600, perpetual: { premiumBps: 10, follows: 0.1 } };
const calm = { ...terms.volatility, calm: 7_200, expiries: [{ days: 8, atMoney: 0.5, reaction: 2 }] };
const crash = createPricePath([
  [0, 100],
  [600, 60],
  [36_000, 60],
]);

const at = (second: number, path = crash) => createMarketPath(path, { ...terms, volatility: calm }).at(second);

describe('createMarketPath', () => {
  it('leaves perpetual and volatility where they were while the index rests', () => {
    const rest = at(50_000, createPricePath([[0, 100]]));
    expect(rest.perpetual).toBeCloseTo(100 * Math.exp(0.001), 9);
    expect(rest.volatility).toEqual([0.5]);
  });

  it('raises volatility and lowers the perpetual as the index falls [SIM-08]', () => {
    const low = at(600);
    // the average has hardly moved: the index is nearly the whole fall below it
    const gap = Math.log(low.perpetual / low.index / Math.exp(0.001)) / 0.1;
    expect(gap).toBeLessThan(-0.47);
    expect(gap).toBeGreaterThan(Math.log(0.6));
    expect(low.volatility[0]).toBeCloseTo(0.5 * Math.exp(-2 * gap), 9);
  });

  it('calms down by half of the stress in each half-life, not at once [SIM-08]', () => {
    const stress = (second: number): number => Math.log(at(second).volatility[0]! / 0.5);
    expect(stress(600 + 7_200)).toBeCloseTo(stress(600) / 2, 3);
    expect(stress(600 + 14_400)).toBeCloseTo(stress(600) / 4, 3);
  });

  it('says the same however often it is asked in between', () => {
    const often = createMarketPath(crash, { ...terms, volatility: calm });
    for (let second = 0; second < 5_000; second += 70) often.at(second);
    const [a, b] = [often.at(5_000), at(5_000)];
    expect(a.perpetual).toBeCloseTo(b.perpetual, 9);
    expect(a.volatility[0]).toBeCloseTo(b.volatility[0]!, 9);
  });
});
