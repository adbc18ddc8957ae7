// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

/// @title The only holder of money
/// @notice Keeps one pot per project, pays from it on the market's word, and keeps for a payee what could not be transferred.
/// @dev No owner and no way out but these. A pot is never paid from another project's, whatever the market says, and at any time
/// the balance of a token is at least the sum of its pots and claims.
interface IRewardVault {
    /// @notice Thrown when somebody but the market calls.
    error VaultNotMarket(address caller);
    /// @notice Thrown when the vault received another amount than it was sent: the token takes a fee or rebases.
    error VaultShortDeposit(address token, uint256 expected, uint256 actual);
    /// @notice Thrown when a project's pot is in another token.
    error VaultWrongToken(uint256 projectId, address expected, address actual);
    /// @notice Thrown when a pot does not hold what is to be paid.
    error VaultInsufficientPot(uint256 projectId, uint256 needed, uint256 available);
    /// @notice Thrown when a pot would grow past 96 bits.
    error VaultPotTooLarge(uint256 projectId, uint256 amountWei);
    /// @notice Thrown when there is nothing to withdraw.
    error VaultNothingToWithdraw(address token, address payee);
    /// @notice Thrown when so little gas is left that a transfer could fail for that reason alone.
    error VaultNotEnoughGas(uint256 needed, uint256 actual);
    /// @notice Thrown when a token moved another amount than it was asked to.
    error VaultWrongTransfer(address token, uint256 expected, uint256 actual);

    /// @notice Emitted when money comes in for a project.
    event Deposited(uint256 indexed projectId, address indexed token, address indexed from, uint256 amountWei);
    /// @notice Emitted when a payee was paid.
    event Paid(uint256 indexed projectId, address indexed token, address indexed payee, uint256 amountWei);
    /// @notice Emitted when a payee could not be paid; it can withdraw the amount.
    event PaymentKept(uint256 indexed projectId, address indexed token, address indexed payee, uint256 amountWei);
    /// @notice Emitted when a payee withdraws what was kept for it.
    event Withdrawn(address indexed token, address indexed payee, address indexed to, uint256 amountWei);

    /// @notice Pulls a deposit into a project's pot. The first deposit fixes the pot's token.
    /// @dev Only the market. `from` has approved the vault.
    function deposit(uint256 projectId, address token, address from, uint256 amountWei) external;

    /// @notice Pays out of a project's pot; a payee that refuses or blocks is skipped and can withdraw later.
    /// @dev Only the market. Never reverts because of a payee.
    /// @param projectId The project.
    /// @param payees Who is paid.
    /// @param amountsWei How much; zeros are passed over.
    function pay(uint256 projectId, address[] calldata payees, uint256[] calldata amountsWei) external;

    /// @notice Pays everything left in a pot to one payee.
    /// @dev Only the market.
    /// @return amountWei What was left.
    function payRemainder(uint256 projectId, address payee) external returns (uint256 amountWei);

    /// @notice Withdraws what was kept for the caller.
    /// @param token The token.
    /// @param to Where it goes, for payees that their token blocks.
    /// @return amountWei How much.
    function withdraw(address token, address to) external returns (uint256 amountWei);

    /// @notice What a project's pot holds.
    function potOf(uint256 projectId) external view returns (address token, uint256 amountWei);

    /// @notice What is kept for a payee.
    function claimOf(address token, address payee) external view returns (uint256 amountWei);

    /// @notice Sum of all pots and claims of a token: what the vault owes.
    function owed(address token) external view returns (uint256 amountWei);

    /// @notice The market, the only one to move money.
    function market() external view returns (address);
}
