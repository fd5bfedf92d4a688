import { fillBooks, positionsOfBooks, type BookInputs, type FilledBook } from './portfolioMargin';
import { assessPositions, type PositionAssessment } from './standardMargin';
import { MarginMode, type Portfolio } from './types';

/**
 * What the positions of an account add, by its margin mode: the part of `MarginInputs` that takes time, whatever cash and
 * collateral there are.
 * @param inputs by the number of the underlying
 * @param now seconds
 */
export function measurePositions(
  { mode, positions }: Pick<Portfolio, 'mode' | 'positions'>,
  inputs: ReadonlyMap<number, BookInputs>,
  now: bigint,
): { readonly positions: PositionAssessment; readonly books?: readonly FilledBook[] } {
  if (mode !== MarginMode.Portfolio) return { positions: assessPositions(positions, inputs, now) };
  const books = fillBooks(positions, inputs, now);
  return { positions: positionsOfBooks(books), books };
}
