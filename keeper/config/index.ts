export {
  flagOf,
  KEEPER_SETTINGS,
  keeperSchema,
  settingNotes,
  variableOf,
  type KeeperConfig,
  type KeeperSetting,
} from './keeperConfig';
export { DEVELOPMENT_CHAIN, loadSigner, type LoadedSigner } from './loadSigner';
export { parseKeeperConfig, type KeeperConfigSources } from './parseKeeperConfig';
export { createSecret, type Secret } from './secret';
