/** What a tranche of the default fund makes everybody wait, seconds. */
export interface FundDelays {
  /** from a request to enter to the claim */
  readonly entryDelay: number;
  /** from notice to redemption */
  readonly cooldown: number;
  /** for how long shares under notice may be redeemed, and matured deposits be claimed */
  readonly window: number;
}

/**
 * Below these the fund keeps nobody: who enters within the hour may do so for a gain that he has seen coming, who leaves
 * within the day for a loss, and what may be redeemed for less than an hour may be missed by an outage.
 */
export const LEAST_FUND_DELAYS: FundDelays = { entryDelay: 3_600, cooldown: 86_400, window: 3_600 };

/** Above this, seconds, a tranche locks money up: its code refuses any of the three delays. */
export const MOST_FUND_DELAY = 90 * 86_400;
