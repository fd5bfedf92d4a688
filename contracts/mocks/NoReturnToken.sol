// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice A token of the old kind, whose `transfer`, `transferFrom` and `approve` return nothing, and whose `approve`
/// refuses to change one allowance into another without passing through zero.
contract NoReturnToken {
    string public name = "No-return token";
    string public symbol = "NORETURN";
    uint8 public decimals;

    uint256 public totalSupply;
    mapping(address holder => uint256) public balanceOf;
    mapping(address holder => mapping(address spender => uint256)) public allowance;

    event Transfer(address indexed from, address indexed to, uint256 amount);
    event Approval(address indexed holder, address indexed spender, uint256 amount);

    error TransferRefused(address from, uint256 amount, uint256 balance);
    error ApprovalRefused(address spender, uint256 allowed);

    constructor(uint8 decimals_) {
        decimals = decimals_;
    }

    function mint(address to, uint256 amount) external {
        totalSupply += amount;
        balanceOf[to] += amount;
        emit Transfer(address(0), to, amount);
    }

    function approve(address spender, uint256 amount) external {
        uint256 allowed = allowance[msg.sender][spender];
        if (allowed != 0 && amount != 0) revert ApprovalRefused(spender, allowed);
        allowance[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        if (balanceOf[from] < amount) revert TransferRefused(from, amount, balanceOf[from]);
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
        emit Transfer(from, to, amount);
    }
}
