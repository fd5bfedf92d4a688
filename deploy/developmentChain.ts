/** The chain id of Hardhat's and anvil's development chains: mocks are deployed there and nowhere else. */
export const DEVELOPMENT_CHAIN = 31_337;
