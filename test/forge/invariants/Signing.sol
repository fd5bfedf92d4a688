// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {IVaultCommon} from "../../../contracts/interfaces/IVaultCommon.sol";
import {IVaultPermits} from "../../../contracts/interfaces/IVaultPermits.sol";
import {AccountId} from "../../../contracts/types/AccountId.sol";
import {OperatorRight} from "../../../contracts/types/OperatorRight.sol";
import {
    OperatorPermit,
    SignedBatch,
    hashOperatorPermit,
    hashSignedBatch
} from "../../../contracts/types/SignedMessage.sol";
import {EndCheck} from "./EndCheck.sol";

/// @notice Operators and batches that owners have signed, sent in by a stranger; half of them are not as they
/// should be.
abstract contract Signing is EndCheck {
    bytes32 private constant DOMAIN =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    uint192 private constant NAMESPACE = 7;

    enum Flaw {
        None,
        /// the nonce was used, or is not the next one
        Nonce,
        Expired,
        /// by another key
        Forged,
        /// made out to another relayer
        Relayer,
        /// its step is on another account
        Elsewhere
    }

    /// @notice Borrows or repays by signature.
    function runSigned(uint256 who, uint256 amount, uint256 how) public actsAs(this.runSigned.selector) {
        AccountId account = _borrowing(who);
        Flaw flaw = _flaw(how, 6);
        AccountId actedOn = flaw == Flaw.Elsewhere ? _borrowing(who % 6 + 1) : account;
        bool borrows = how % 2 == 0;
        uint256 debt = vault.debtOf(account);
        amount = _bound(amount, 1, 10_000 * USD);
        if (!borrows && amount > debt) amount = debt;
        if (amount == 0 || (borrows && amount > vault.liquidity())) return;
        SignedBatch memory s;
        (s.signer, s.account, s.steps) = (account.owner(), account, new bytes[](1));
        s.steps[0] = borrows
            ? abi.encodeCall(vault.borrow, (actedOn, amount, account.owner()))
            : abi.encodeCall(vault.repay, (actedOn, amount));
        s.relayer = flaw == Flaw.Relayer ? keeper : how % 3 == 0 ? stranger : address(0);
        (s.nonce, s.deadline) = (_nonce(s.signer, flaw), _deadline(flaw));
        bytes memory signature = _sign(s.signer, this.hashOf(s), flaw);
        _runSigned(s, signature, flaw, borrows ? -int256(amount * 1e12) : int256(amount * 1e12));
    }

    function permit(uint256 who, uint256 rights, uint256 how) public actsAs(this.permit.selector) {
        AccountId account = _borrowing(who);
        Flaw flaw = _flaw(how, 4);
        OperatorPermit memory p;
        (p.account, p.operator, p.rights) = (account, keeper, uint8(_bound(rights, 0, OperatorRight.ALL)));
        p.expiry = uint40(block.timestamp + _bound(how, 0, 2 days));
        (p.nonce, p.deadline) = (_nonce(account.owner(), flaw), _deadline(flaw));
        bytes memory signature = _sign(account.owner(), this.hashOf(p), flaw);
        _allowFlaw(flaw);
        Frame memory frame = _frame(account);
        bytes memory data = abi.encodeCall(vault.permitOperator, (p, signature));
        (bool ok,) = _try(stranger, address(vault), data);
        _claim("P15", ok == (flaw == Flaw.None), "a permit went otherwise than its signature says");
        if (ok) {
            (uint8 given,) = vault.operatorOf(account, keeper);
            _claim("P15", given == p.rights, "a permit gave other rights");
            _count("permit");
            _replay(data);
        }
        _settle(frame, ok);
    }

    /// @dev What is signed, for messages that are in memory.
    function hashOf(SignedBatch calldata s) external pure returns (bytes32) {
        return hashSignedBatch(s);
    }

    function hashOf(OperatorPermit calldata p) external pure returns (bytes32) {
        return hashOperatorPermit(p);
    }

    function _runSigned(SignedBatch memory s, bytes memory signature, Flaw flaw, int256 delta) private {
        int256 cash = vault.cashOf(s.account);
        _allowFlaw(flaw);
        if (delta < 0) _allowDebt(s.account, uint256(-delta) / 1e12, true);
        else _allowIf(_isDustDebt(cash + delta), IVaultCommon.DebtBelowMinimum.selector);
        Frame memory frame = _frame(s.account);
        bytes memory data = abi.encodeCall(vault.runSigned, (s, signature));
        (bool ok,) = _try(stranger, address(vault), data);
        _claim("P15", !ok || flaw == Flaw.None, "a batch ran that nobody had signed");
        if (ok) {
            _bookCustody(address(quote), delta / 1e12);
            _claimCash(s.account, cash, delta);
            if (delta < 0) _claimBorrowCap(s.account);
            _count("signed batch");
            _replay(data);
        }
        _settle(frame, ok);
    }

    /// @dev What was used once is never used again, however soon (P30).
    function _replay(bytes memory data) private {
        _allowIf(true, Nonces.InvalidAccountNonce.selector);
        (bool ok,) = _try(stranger, address(vault), data);
        _claim("P15", !ok, "a signature was used twice");
    }

    function _allowFlaw(Flaw flaw) private {
        _allowIf(flaw == Flaw.Nonce, Nonces.InvalidAccountNonce.selector);
        _allowIf(flaw == Flaw.Expired, IVaultPermits.SignatureExpired.selector);
        _allowIf(flaw == Flaw.Forged, IVaultPermits.SignatureRefused.selector);
        _allowIf(flaw == Flaw.Relayer, IVaultPermits.OnlyRelayer.selector);
        _allowIf(flaw == Flaw.Elsewhere, IVaultCommon.NotAuthorised.selector);
        _allowIf(flaw == Flaw.Elsewhere, IVaultCommon.NoDebt.selector);
    }

    /// @dev None as often as any of the first `kinds` together.
    function _flaw(uint256 how, uint256 kinds) private pure returns (Flaw) {
        return how % 4 <= 1 ? Flaw.None : Flaw((how >> 8) % kinds);
    }

    function _nonce(address signer, Flaw flaw) private view returns (uint256 nonce) {
        nonce = vault.nonces(signer, NAMESPACE);
        if (flaw == Flaw.Nonce) nonce = uint64(nonce) == 0 ? nonce + 1 : nonce - 1;
    }

    function _deadline(Flaw flaw) private view returns (uint256) {
        return flaw == Flaw.Expired ? block.timestamp - 1 : block.timestamp;
    }

    function _sign(address signer, bytes32 message, Flaw flaw) private view returns (bytes memory) {
        bytes32 domain =
            keccak256(abi.encode(DOMAIN, keccak256("Plimsoll"), keccak256("1"), block.chainid, address(vault)));
        address by = flaw != Flaw.Forged ? signer : signer == dave ? carol : dave;
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[by], keccak256(abi.encodePacked("\x19\x01", domain, message)));
        return abi.encodePacked(r, s, v);
    }
}
