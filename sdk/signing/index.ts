export { cancelOrder, cancelOrders } from './cancelOrder';
export { readNonce, type ReadNonceParameters } from './readNonce';
export { readOrderState, type OrderState, type ReadOrderStateParameters } from './readOrderState';
export { signBatch, signOperatorPermit, signOrder, type Key } from './sign';
export {
  operatorPermitTypedData,
  orderTypedData,
  signedBatchTypedData,
  vaultDomain,
  type OperatorPermit,
  type Order,
  type SignedBatch,
  type VaultDomain,
} from './typedData';
export { volatilityUpdateTypedData, type VolatilityUpdate } from './volatilityUpdate';
