// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IRewardVault} from "./interfaces/IRewardVault.sol";

/// @title The only holder of money
/// @notice See `IRewardVault`.
/// @dev For every honest token and at any time: `balanceOf(vault) >= owed(token) = sum of pots + sum of claims`.
contract RewardVault is IRewardVault, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev A project's money, in one storage word.
    struct Pot {
        address token;
        uint96 amountWei;
    }

    /// @dev Gas that a transfer to a payee gets. Enough for every token we know, too little to make a settlement unaffordable.
    uint256 private constant _TRANSFER_GAS = 150_000;
    /// @dev Needed before a transfer, so that 63/64 of it covers `_TRANSFER_GAS`: a caller cannot starve a payee into a claim.
    uint256 private constant _GAS_BEFORE_TRANSFER = 165_000;

    address private immutable _MARKET;

    mapping(uint256 projectId => Pot) private _pots;
    mapping(address token => mapping(address payee => uint256 amountWei)) private _claimsWei;
    mapping(address token => uint256 amountWei) private _owedWei;

    modifier onlyMarket() {
        if (msg.sender != _MARKET) revert VaultNotMarket(msg.sender);
        _;
    }

    /// @param market_ The market; may be deployed later at this address.
    constructor(address market_) {
        _MARKET = market_;
    }

    /// @inheritdoc IRewardVault
    function deposit(
        uint256 projectId,
        address token,
        address from,
        uint256 amountWei
    ) external onlyMarket nonReentrant {
        Pot memory pot = _pots[projectId];
        if (pot.token != token && pot.token != address(0)) revert VaultWrongToken(projectId, pot.token, token);
        uint256 total = pot.amountWei + amountWei;
        if (total > type(uint96).max) revert VaultPotTooLarge(projectId, total);
        _pots[projectId] = Pot({token: token, amountWei: uint96(total)});
        _owedWei[token] += amountWei;
        emit Deposited(projectId, token, from, amountWei);

        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(from, address(this), amountWei);
        uint256 received = IERC20(token).balanceOf(address(this)) - before;
        if (received != amountWei) revert VaultShortDeposit(token, amountWei, received);
    }

    /// @inheritdoc IRewardVault
    function pay(
        uint256 projectId,
        address[] calldata payees,
        uint256[] calldata amountsWei
    ) external onlyMarket nonReentrant {
        uint256 total;
        for (uint256 i = 0; i < payees.length; ++i) {
            total += amountsWei[i];
        }
        Pot memory pot = _pots[projectId];
        if (total > pot.amountWei) revert VaultInsufficientPot(projectId, total, pot.amountWei);
        // The bound above makes the cast and the difference safe.
        _pots[projectId].amountWei = pot.amountWei - uint96(total);
        for (uint256 i = 0; i < payees.length; ++i) {
            _payOne(projectId, pot.token, payees[i], amountsWei[i]);
        }
    }

    /// @inheritdoc IRewardVault
    function payRemainder(
        uint256 projectId,
        address payee
    ) external onlyMarket nonReentrant returns (uint256 amountWei) {
        Pot memory pot = _pots[projectId];
        amountWei = pot.amountWei;
        _pots[projectId].amountWei = 0;
        _payOne(projectId, pot.token, payee, amountWei);
    }

    /// @inheritdoc IRewardVault
    function withdraw(address token, address to) external nonReentrant returns (uint256 amountWei) {
        amountWei = _claimsWei[token][msg.sender];
        if (amountWei == 0) revert VaultNothingToWithdraw(token, msg.sender);
        _claimsWei[token][msg.sender] = 0;
        _owedWei[token] -= amountWei;
        emit Withdrawn(token, msg.sender, to, amountWei);
        _transferExactly(token, to, amountWei);
    }

    /// @notice Transfers to a payee. Only the vault itself calls it, so that a failure can be caught with all its effects undone.
    function transferFromSelf(address token, address payee, uint256 amountWei) external {
        if (msg.sender != address(this)) revert VaultNotMarket(msg.sender);
        _transferExactly(token, payee, amountWei);
    }

    /// @inheritdoc IRewardVault
    function potOf(uint256 projectId) external view returns (address token, uint256 amountWei) {
        return (_pots[projectId].token, _pots[projectId].amountWei);
    }

    /// @inheritdoc IRewardVault
    function claimOf(address token, address payee) external view returns (uint256 amountWei) {
        return _claimsWei[token][payee];
    }

    /// @inheritdoc IRewardVault
    function owed(address token) external view returns (uint256 amountWei) {
        return _owedWei[token];
    }

    /// @inheritdoc IRewardVault
    function market() external view returns (address) {
        return _MARKET;
    }

    /// @dev Transfers, or keeps the amount for the payee. Guarded by the callers, so a token that calls back finds a closed door.
    function _payOne(uint256 projectId, address token, address payee, uint256 amountWei) private {
        if (amountWei == 0) return;
        if (gasleft() < _GAS_BEFORE_TRANSFER) revert VaultNotEnoughGas(_GAS_BEFORE_TRANSFER, gasleft());
        try this.transferFromSelf{gas: _TRANSFER_GAS}(token, payee, amountWei) {
            _owedWei[token] -= amountWei;
            emit Paid(projectId, token, payee, amountWei);
        } catch {
            _claimsWei[token][payee] += amountWei;
            emit PaymentKept(projectId, token, payee, amountWei);
        }
    }

    /// @dev A token that takes more from the vault than it was asked to would eat other projects' pots.
    function _transferExactly(address token, address to, uint256 amountWei) private {
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransfer(to, amountWei);
        uint256 moved = before - IERC20(token).balanceOf(address(this));
        if (moved != amountWei) revert VaultWrongTransfer(token, amountWei, moved);
    }
}
