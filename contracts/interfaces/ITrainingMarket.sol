// SPDX-License-Identifier: GPL-3.0-only
pragma solidity 0.8.37;

import {G1} from "../types/G1.sol";
import {EndReason, ProjectView, RoundView, TrainerStatus, TrainerView, VoidReason} from "../types/MarketViews.sol";
import {ProjectTerms} from "../types/ProjectTerms.sol";
import {RoundPhase} from "../types/RoundPhase.sol";
import {OpenRound, SettleRound} from "../types/RoundRequests.sol";
import {IParticipantRegistry} from "./IParticipantRegistry.sol";
import {IRewardVault} from "./IRewardVault.sol";
import {IRoundVerifier} from "./IRoundVerifier.sol";

/// @title The market for training projects
/// @notice Projects and their rounds: who takes part, what was committed, what was proven, who is paid.
/// @dev No owner, no admin, no pause, no proxy. Money is in the vault, identity in the registry, the proof system behind the
/// verifier. Every phase has a deadline after which anyone can move the project on with `poke`.
interface ITrainingMarket {
    // --- Errors: projects ---

    /// @notice Thrown when there is no such project.
    error MarketUnknownProject(uint256 projectId);
    /// @notice Thrown when a term is outside what works. `term` is the field's name in `ProjectTerms`.
    error MarketInvalidTerm(string term, uint256 value, uint256 min, uint256 max);
    /// @notice Thrown when the verifier has no key for the rule at this number of slots.
    error MarketUnsupportedRule(uint8 ruleId, uint8 slots);
    /// @notice Thrown when multi-Krum cannot withstand `attackers` of so few trainers: it needs at least `2 * attackers + 3`.
    error MarketRuleNeedsMoreTrainers(uint256 attackers, uint256 minTrainers, uint256 needed);
    /// @notice Thrown when the list of aggregators has a gap, a repetition or nobody.
    error MarketInvalidAggregators(address[3] aggregators);
    /// @notice Thrown when a CID is empty or longer than 96 bytes.
    error MarketInvalidCid(uint256 length);
    /// @notice Thrown when a caller is not who the call is for.
    error MarketNotAuthorized(address caller, address expected);
    /// @notice Thrown when an amount is not what it has to be.
    error MarketWrongAmount(uint256 expected, uint256 actual);
    /// @notice Thrown when the project is not in a phase in which the call makes sense.
    error MarketWrongPhase(uint256 projectId, RoundPhase expected, RoundPhase actual);
    /// @notice Thrown when the owner has announced a stop, so no further round opens and nobody joins.
    error MarketStopAnnounced(uint256 projectId);
    /// @notice Thrown when `poke` finds nothing to move on.
    /// @param phaseEndsAt Unix seconds when there will be.
    error MarketNothingToDo(uint256 projectId, RoundPhase phase, uint256 phaseEndsAt);

    // --- Errors: participants ---

    /// @notice Thrown when a trainer has no entry in the registry.
    error MarketNotRegistered(address trainer);
    /// @notice Thrown when a trainer's reliability is below the project's.
    error MarketNotReliable(address trainer, uint256 expected, uint256 actual);
    /// @notice Thrown when the owner, referee or an aggregator of a project joins it as a trainer.
    error MarketConflictOfInterest(address account);
    /// @notice Thrown when a trainer has joined, or has been in the project, already.
    error MarketAlreadyJoined(address trainer, TrainerStatus status);
    /// @notice Thrown when the roster has no free place.
    error MarketRosterFull(uint256 projectId, uint256 capacity);
    /// @notice Thrown when an account is not a trainer of the project in a fitting state.
    error MarketNotATrainer(address account, TrainerStatus status);
    /// @notice Thrown when a trainer wants to be paid out while a round it is in is open.
    error MarketTrainerInRound(address trainer, uint256 roundIndex);
    /// @notice Thrown when an active trainer cannot be released: it sends updates, or the roster has free places.
    /// @param missedRounds How many rounds in a row it was drawn for and sent nothing; 3 makes it idle.
    /// @param freePlaces How many places are free; only when none is does an idle trainer lose its own.
    error MarketTrainerNotIdle(address trainer, uint256 missedRounds, uint256 freePlaces);
    /// @notice Thrown when an account is not one of the project's aggregators.
    error MarketNotAnAggregator(address account);
    /// @notice Thrown when an aggregator acts without its bond.
    error MarketBondMissing(address aggregator, uint256 expected, uint256 actual);
    /// @notice Thrown when an aggregator acts before its window.
    /// @param opensAt Unix seconds.
    error MarketNotYourWindow(address aggregator, uint256 opensAt);

    // --- Errors: rounds ---

    /// @notice Thrown when a call names another round than the one it would act on.
    error MarketWrongRound(uint256 projectId, uint256 expected, uint256 actual);
    /// @notice Thrown when too few trainers take part to open a round.
    error MarketTooFewTrainers(uint256 needed, uint256 actual);
    /// @notice Thrown when the referee's signature does not fit.
    error MarketInvalidRefereeSignature(address referee);
    /// @notice Thrown when the pay gradient is missing or there should be none.
    error MarketPayGradientMismatch(bool isExpected);
    /// @notice Thrown when a trainer is not in the round's sample, or has submitted already.
    error MarketNotEligible(address trainer, uint256 roundIndex);
    /// @notice Thrown when submissions are over.
    error MarketCommitClosed(uint256 roundIndex, uint256 closedAt);
    /// @notice Thrown when a batch has nothing in it.
    error MarketEmptyBatch();
    /// @notice Thrown when a batch of updates ends within an update.
    /// @param leftBytes How many bytes were left of it.
    error MarketMalformedBatch(uint256 leftBytes);
    /// @notice Thrown when released keys are longer than two of 32 bytes: everybody who looks at the round would have to read them.
    error MarketKeysTooLong(uint256 most, uint256 actual);
    /// @notice Thrown when a key was released already.
    error MarketAlreadyRevealed(address account);
    /// @notice Thrown when the trainers and commitments of a settlement are not those submitted.
    error MarketSubmissionsMismatch(bytes20 expected, bytes20 actual);
    /// @notice Thrown when the lists of a settlement are not one entry per submission.
    error MarketWrongLength(uint256 expected, uint256 actual);
    /// @notice Thrown when an exclusion names a slot that has no submission, gives no known reason, claims a missing key before the
    /// reveal phase is over, or claims it of a trainer who released the key on chain.
    error MarketInvalidExclusion(uint256 slot, uint8 reason);
    /// @notice Thrown when a settlement's `modelY` or `aggregateY` is not the second coordinate of the point that the project view
    /// shows.
    /// @param x The stored first coordinate; 0 if there is no point.
    /// @param y What the settlement said.
    error MarketWrongCoordinate(uint256 x, uint256 y);
    /// @notice Thrown when exclusions leave too few updates; the aggregator should abandon the round.
    error MarketTooFewReadable(uint256 needed, uint256 actual);

    // --- Events: projects ---

    /// @notice Emitted when a project is posted.
    event ProjectPosted(
        uint256 indexed projectId,
        address indexed owner,
        address indexed rewardToken,
        ProjectTerms terms,
        bytes32 termsHash,
        bytes manifestCid
    );
    /// @notice Emitted for the initial model (`modelVersion` 0) and after each applied round.
    /// @param modelVersion Rounds applied up to and including this model.
    /// @param roundIndex The round that made it; 0 for the initial model.
    event ModelPublished(
        uint256 indexed projectId,
        uint256 indexed modelVersion,
        uint256 roundIndex,
        G1 commitment,
        bytes cid
    );
    /// @notice Emitted when somebody adds budget, which is spread over the rounds still to be applied.
    event BudgetAdded(uint256 indexed projectId, address indexed from, uint256 amountWei);
    /// @notice Emitted when the owner announces a stop.
    event StopAnnounced(uint256 indexed projectId, address indexed owner);
    /// @notice Emitted when a project is over and everybody was paid.
    event ProjectEnded(uint256 indexed projectId, EndReason reason, uint256 refundWei);

    // --- Events: participants ---

    /// @notice Emitted when a trainer joins.
    event TrainerJoined(
        uint256 indexed projectId,
        address indexed trainer,
        uint256 rosterIndex,
        uint256 baseWeight,
        uint256 stakeWei,
        uint256 reliability
    );
    /// @notice Emitted when a trainer takes part in no further round but is still in the open one.
    event TrainerLeaving(uint256 indexed projectId, address indexed trainer);
    /// @notice Emitted when an idle trainer's place is given away, before its `TrainerLeft`. It may join again.
    event TrainerReleased(uint256 indexed projectId, address indexed trainer, address indexed releasedBy);
    /// @notice Emitted when a trainer was paid its earnings and stake and its place is free.
    /// @param paidWei Earnings and stake together.
    event TrainerLeft(uint256 indexed projectId, address indexed trainer, uint256 paidWei, uint256 reliability);
    /// @notice Emitted when strikes end a trainer's part. Its stake and earnings stay its own.
    event TrainerExpelled(uint256 indexed projectId, address indexed trainer, uint256 strikes);
    /// @notice Emitted when a stake is burned: the update was proven to be above the absolute norm bound of the terms.
    event StakeSlashed(
        uint256 indexed projectId,
        uint256 indexed roundIndex,
        address indexed trainer,
        uint256 burnedWei
    );
    /// @notice Emitted when an aggregator deposits its bond.
    event AggregatorBonded(uint256 indexed projectId, address indexed aggregator, uint256 bondWei);
    /// @notice Emitted when another aggregator takes charge of a project.
    event AggregatorChanged(uint256 indexed projectId, address indexed aggregator, uint256 aggregatorIndex);
    /// @notice Emitted when an aggregator's missed settlement costs it (part of) its bond.
    /// @param toSettlerWei For the one who settled instead.
    /// @param toTrainersWei For those who had submitted, in equal parts.
    event BondForfeited(
        uint256 indexed projectId,
        uint256 indexed roundIndex,
        address indexed aggregator,
        uint256 toSettlerWei,
        uint256 toTrainersWei
    );

    // --- Events: rounds ---

    /// @notice Emitted when a round opens.
    /// @param seed The `prevrandao` that sampled the trainers, if more had joined than fit; see `Sampling`.
    /// @param eligibleMask One bit per roster place that may submit.
    /// @param commitClosesAt Unix seconds.
    event RoundOpened(
        uint256 indexed projectId,
        uint256 indexed roundIndex,
        address indexed aggregator,
        G1 referenceCommitment,
        G1 payGradientCommitment,
        bytes referenceCid,
        bytes payGradientCid,
        bytes jobCid,
        uint256 seed,
        uint256 eligibleMask,
        uint256 commitClosesAt
    );
    /// @notice Emitted for submissions, one or several of a batch.
    /// @param firstSlot Slot of the first; the others follow.
    /// @param updates `trainer (20 bytes) | commitmentHash (32) | length of the CID (1) | CID of the bundle`, one after another.
    event UpdatesSubmitted(uint256 indexed projectId, uint256 indexed roundIndex, uint256 firstSlot, bytes updates);
    /// @notice Emitted when everybody is in and the commit phase ends early.
    event CommitPhaseClosed(uint256 indexed projectId, uint256 indexed roundIndex, uint256 closedAt);
    /// @notice Emitted when a trainer or the referee releases content keys on chain.
    /// @param sealedKeys Content keys of 32 bytes: an update's, or the reference's and the pay gradient's behind it. Alone they open
    /// nothing: only the project's aggregators have the rest.
    event KeyRevealed(
        uint256 indexed projectId,
        uint256 indexed roundIndex,
        address indexed account,
        bool isReference,
        bytes sealedKeys
    );
    /// @notice Emitted when a settlement leaves out a bundle that could not be read. Nobody's fault is recorded.
    event SubmissionExcluded(
        uint256 indexed projectId,
        uint256 indexed roundIndex,
        address indexed trainer,
        uint256 slot,
        uint8 reason
    );
    /// @notice Emitted when a round is settled. It is void if no weight is set, and applied otherwise.
    /// @param budgetWei What the round could pay: its budget, less the parts of submissions that were left out.
    /// @param paidWei What its budget credited to all trainers together, forfeited bonds not included.
    /// @param outcomeWords The proof's outputs: share, weight and verdict of each trainer slot, packed as in `PublicSignals`.
    /// @param credits Who submitted and what each was credited, forfeited bonds included, index 0 is slot 3: `trainer << 96 | wei`.
    event RoundSettled(
        uint256 indexed projectId,
        uint256 indexed roundIndex,
        address indexed settledBy,
        uint256 budgetWei,
        uint256 paidWei,
        uint256[] outcomeWords,
        uint256[] credits
    );
    /// @notice Emitted when a round came to nothing.
    /// @param detail The aggregator's reason code if it abandoned the round, otherwise 0.
    event RoundVoided(uint256 indexed projectId, uint256 indexed roundIndex, VoidReason reason, uint256 detail);
    /// @notice Emitted at every second void round in a row: the owner should give the referee a better reference.
    event BetterReferenceNeeded(uint256 indexed projectId, uint256 indexed roundIndex, uint256 consecutiveVoids);

    // --- Projects ---

    /// @notice Posts a project and moves its whole budget into the vault.
    /// @dev Needs an allowance to the vault of `requiredEscrow(terms)`; with `permit` first through `multicall`.
    /// @param terms All terms; refused with a named error when they cannot work.
    /// @param modelCommitment Commitment of the initial model.
    /// @param modelCid Where the initial model is.
    /// @param manifestCid Where the manifest is.
    /// @return projectId The new project, counted from 1.
    function postProject(
        ProjectTerms calldata terms,
        G1 calldata modelCommitment,
        bytes calldata modelCid,
        bytes calldata manifestCid
    ) external returns (uint256 projectId);

    /// @notice Adds to the budget; it is spread over the rounds still to be applied.
    function addBudget(uint256 projectId, uint256 amountWei) external;

    /// @notice Announces that no further round will open. A round that is open still settles and pays; then the project ends.
    /// @dev Only the owner. Without an open round the project ends at once.
    function announceStop(uint256 projectId) external;

    /// @notice Moves a project on when a deadline has passed: voids the round, or ends the project and pays everybody.
    /// @dev Anyone may call it; reverts when there is nothing to do, so that a success means something.
    function poke(uint256 projectId) external;

    // --- Participants ---

    /// @notice Joins a project with a stake. Needs an allowance to the vault.
    /// @param stakeAmountWei `terms.stakeWei`, or more if base weights come from stakes.
    function joinProject(uint256 projectId, uint256 stakeAmountWei) external;

    /// @notice Leaves a project: pays out earnings and stake, or after the open round if the trainer is in it (call again then).
    function leaveProject(uint256 projectId) external;

    /// @notice Finishes somebody's leaving after the round: pays earnings and stake to its payout address. Anyone may call it.
    /// @dev Also ends the part of an active trainer that is idle and not in the open round, while the roster is full, so that nobody
    /// can keep places without training. It is paid the same, and may join again. Who wants the place calls this and `joinProject`
    /// through `multicall`, with `poke` first if the round has expired, so that nobody comes in between.
    function releaseTrainer(uint256 projectId, address trainer) external;

    /// @notice Deposits the caller's bond as one of the project's aggregators. Needs an allowance to the vault.
    function bondAggregator(uint256 projectId) external;

    // --- Rounds ---

    /// @notice Opens the next round: fixes the reference and the pay gradient before any update exists, and samples the trainers.
    /// @dev Only an aggregator, in its window; with `multicall` in the transaction that settles the round before. EIP-712:
    /// `RoundReference(uint256 projectId,uint256 roundIndex,uint256 modelCommitment,uint256 referenceX,uint256 referenceY,
    /// uint256 payGradientX,uint256 payGradientY,bytes referenceCid,bytes payGradientCid,bytes jobCid)`, where `modelCommitment` is the
    /// model that they were made on, packed as `PackedPoints` does.
    function openRound(OpenRound calldata request) external;

    /// @notice Submits the caller's update.
    /// @dev The rolling hash starts as `bytes20(keccak256(abi.encode(market, chainid, projectId, roundIndex, referenceCommitment, payGradientCommitment)))`
    /// and becomes `bytes20(keccak256(abi.encodePacked(hash, trainer, commitmentHash)))`.
    /// The k-th submission, from 0, takes slot 3 + k.
    /// @param commitmentHash `keccak256(abi.encodePacked(trainer, commitment.x, commitment.y))`. The commitment itself comes with the
    /// settlement: whoever knew it earlier could submit it as its own.
    function submitUpdate(
        uint256 projectId,
        uint256 roundIndex,
        bytes32 commitmentHash,
        bytes calldata bundleCid
    ) external;

    /// @notice Submits updates that their trainers signed; anyone may relay them.
    /// @dev EIP-712: `Update(uint256 projectId,uint256 roundIndex,bytes32 commitmentHash,bytes bundleCid)`. A
    /// signature that does not come from an eligible trainer is an error, since it would be a mistake of the relayer.
    /// @param batch `commitmentHash (32 bytes) | r (32) | vs (32) | length of the CID (1) | CID of the bundle`, one after another; `r`
    /// and `vs` are the signature, with the recovery bit on top (EIP-2098).
    function submitUpdates(uint256 projectId, uint256 roundIndex, bytes calldata batch) external;

    /// @notice Releases content keys on chain, after the commit phase: the fallback that an aggregator cannot ignore.
    /// @dev A trainer releases its update's keys, while the reveal phase lasts; the referee those of the reference and pay gradient
    /// (`isReference`), as long as the round can be settled. What the keys open is not checked; at most 64 bytes of them are told.
    function revealKey(uint256 projectId, uint256 roundIndex, bool isReference, bytes calldata sealedKeys) external;

    /// @notice Settles a round with its proof: pays, updates the model's commitment, strikes and reliability.
    /// @dev Only an aggregator, from the end of the commit phase (primary) or in its window, with a proof that was made for the caller's
    /// address. At most once a round.
    function settleRound(SettleRound calldata request) external;

    /// @notice Gives a round up for somebody else's fault: the round is void and no bond is forfeited.
    /// @dev Only the aggregator whose window it is, after the commit phase. After two abandoned rounds in a row the next aggregator
    /// takes charge for good.
    /// @param reason Free code for people and indexers: 1 = too few readable, 2 = reference not readable, 3 = model not found,
    /// 4 = no time left to prove it.
    function abandonRound(uint256 projectId, uint256 roundIndex, uint8 reason) external;

    // --- Tokens ---

    /// @notice Uses an ERC-2612 permit of the caller for the vault; call it through `multicall` before the call that pays.
    /// @dev A permit that somebody else used first is not an error: the allowance is there.
    function permit(address token, uint256 amountWei, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Makes several calls to this contract in one transaction, as the same sender.
    function multicall(bytes[] calldata calls) external returns (bytes[] memory results);

    // --- Views ---

    /// @notice How many projects have been posted; ids run from 1 to this.
    function projectCount() external view returns (uint256);

    /// @notice What posting a project with these terms moves into the vault.
    function requiredEscrow(ProjectTerms calldata terms) external pure returns (uint256 escrowWei);

    /// @notice A project.
    function getProject(uint256 projectId) external view returns (ProjectView memory);

    /// @notice Projects `firstId` to `firstId + limit - 1`, as far as there are.
    function getProjects(uint256 firstId, uint256 limit) external view returns (ProjectView[] memory);

    /// @notice The open round, or the last one.
    function getRound(uint256 projectId) external view returns (RoundView memory);

    /// @notice Trainers by roster place, from `offset` on; free places are left out.
    function getTrainers(uint256 projectId, uint256 offset, uint256 limit) external view returns (TrainerView[] memory);

    /// @notice A trainer in a project.
    function getTrainer(uint256 projectId, address trainer) external view returns (TrainerView memory);

    /// @notice The EIP-712 separator of this market.
    function domainSeparator() external view returns (bytes32);

    /// @notice The registry.
    function registry() external view returns (IParticipantRegistry);

    /// @notice The vault.
    function vault() external view returns (IRewardVault);

    /// @notice The verifier.
    function verifier() external view returns (IRoundVerifier);
}
