export { readNonce, type ReadNonceParameters } from './readNonce';
export { signBatch, signOperatorPermit, type Key } from './sign';
export {
  operatorPermitTypedData,
  signedBatchTypedData,
  vaultDomain,
  type OperatorPermit,
  type SignedBatch,
  type VaultDomain,
} from './typedData';
