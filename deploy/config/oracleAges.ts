import { z } from 'zod';

import { seconds24 } from './units';

/** How old a price may be, and how it is smoothed. */
export const oracleAges = z
  .strictObject({
    /** age from which a price opens no new risk */
    openAgeSeconds: seconds24,
    /** age from which a price is dead */
    liquidationAgeSeconds: seconds24,
    /** time in which the smoothed price covers half of a move */
    halfLifeSeconds: seconds24,
  })
  .refine((o) => o.liquidationAgeSeconds > o.openAgeSeconds, {
    path: ['liquidationAgeSeconds'],
    message: 'is not above openAgeSeconds',
  });
