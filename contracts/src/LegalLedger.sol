// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {ILegalLedger} from "./ILegalLedger.sol";
import {Rfc9162} from "./Rfc9162.sol";

/// @title The anchors of all logs of one chain
/// @dev Not upgradeable, no proxy, no pause, takes no ether, calls nothing but the SHA-256 precompile. No function deletes or
///      overwrites a checkpoint, a cosignature or a revocation.
contract LegalLedger is ILegalLedger, Ownable2Step {
    struct Revocation {
        uint8 reason;
        uint64 time;
    }

    /// @dev The head is `checkpoints[root]` and is stored nowhere else; an empty log has root 0, under which nothing is ever
    ///      stored. A log is open if and only if `operator` is not 0.
    struct Log {
        address operator;
        address proposedOperator;
        bytes32 root;
        mapping(bytes32 root => Checkpoint) checkpoints;
        mapping(address account => bool) witnesses;
        mapping(uint64 index => mapping(address witness => bool)) cosigned;
        mapping(bytes32 commitment => Revocation) revocations;
    }

    /// @dev Longer than any name of a host with a path that a checkpoint's first line sensibly holds.
    uint256 private constant _MAX_ORIGIN_LENGTH = 255;
    /// @dev Fits the checkpoint's 48 bits.
    uint64 private constant _SIZE_LIMIT = 2 ** 48;
    /// @dev So that no single bad call, by a stolen key for example, can use up a log.
    uint64 private constant _MAX_STEP = 2 ** 24;
    /// @dev RFC 9162 paths of trees below 2^63 leaves; bounds the work before it is begun.
    uint256 private constant _MAX_PROOF_LENGTH = 63;

    mapping(bytes32 logId => Log) private _logs;

    /// @param initialOwner Opens logs, names operators and witnesses. Not 0.
    constructor(address initialOwner) Ownable(initialOwner) {}

    /// @inheritdoc ILegalLedger
    function openLog(string calldata origin, address operator) external onlyOwner returns (bytes32 logId) {
        uint256 length = bytes(origin).length;
        if (length == 0 || length > _MAX_ORIGIN_LENGTH) revert InvalidOrigin(length);
        logId = sha256(bytes(origin));
        if (operator == address(0)) revert ZeroAddress(logId);
        Log storage log = _logs[logId];
        if (log.operator != address(0)) revert LogExists(logId);
        log.operator = operator;
        emit LogOpened(logId, origin, operator);
    }

    /// @inheritdoc ILegalLedger
    function proposeOperator(bytes32 logId, address operator) external onlyOwner {
        Log storage log = _open(logId);
        log.proposedOperator = operator;
        emit OperatorProposed(logId, log.operator, operator);
    }

    /// @inheritdoc ILegalLedger
    function setWitness(bytes32 logId, address witness, bool named) external onlyOwner {
        Log storage log = _open(logId);
        if (witness == address(0)) revert ZeroAddress(logId);
        log.witnesses[witness] = named;
        emit WitnessChanged(logId, witness, named);
    }

    /// @inheritdoc ILegalLedger
    function acceptOperator(bytes32 logId) external {
        Log storage log = _open(logId);
        if (msg.sender != log.proposedOperator) revert NotProposedOperator(msg.sender);
        address previous = log.operator;
        log.operator = msg.sender;
        log.proposedOperator = address(0);
        emit OperatorChanged(logId, previous, msg.sender);
    }

    /// @inheritdoc ILegalLedger
    /// @dev One refusal to a line, in the promised order: split up, the order would be harder to see than the branches are.
    // slither-disable-next-line cyclomatic-complexity
    function append(bytes32 logId, uint64 oldSize, uint64 newSize, bytes32 newRoot, bytes32[] calldata proof)
        external
        returns (uint64 index)
    {
        Log storage log = _operated(logId);
        bytes32 oldRoot = log.root;
        Checkpoint memory last = log.checkpoints[oldRoot];
        if (oldSize != last.size) revert SizeConflict(last.size);
        if (newSize == 0 || newSize >= _SIZE_LIMIT) revert SizeOutOfRange(newSize);
        if (newSize < oldSize) revert SizeShrinks(oldSize, newSize);
        if (newSize - oldSize > _MAX_STEP) revert StepTooLarge(oldSize, newSize);
        if (newRoot == bytes32(0)) revert ZeroRoot(logId);
        if (proof.length > _MAX_PROOF_LENGTH) revert ProofLength(proof.length);

        if (newSize == oldSize) {
            if (newRoot != oldRoot) revert RootConflict(oldRoot, newRoot);
            if (proof.length != 0) revert ProofLength(proof.length);
            return last.index;
        }
        if (oldSize == 0) {
            if (proof.length != 0) revert ProofLength(proof.length);
        } else {
            if (proof.length == 0) revert ProofLength(0);
            if (!Rfc9162.verifyConsistency(oldSize, newSize, oldRoot, newRoot, proof)) {
                revert NotConsistent(oldSize, newSize);
            }
            index = last.index + 1;
        }
        // Only a cycle in SHA-256 could come back to an anchored root. With this line "a checkpoint never changes" holds even
        // then, for some 160 gas.
        if (log.checkpoints[newRoot].size != 0) revert AlreadyAnchored(newRoot);

        log.root = newRoot;
        // None of these casts can cut: the index is refused by checked arithmetic after 2^32 checkpoints, the size is below
        // 2^48, 2^40 seconds are 34,000 years, and 2^48 blocks at one a second are 8 million years.
        log.checkpoints[newRoot] = Checkpoint({
            index: uint32(index),
            size: uint48(newSize),
            time: uint40(block.timestamp),
            blockNumber: uint48(block.number),
            previousBlock: last.blockNumber
        });
        emit CheckpointAppended(logId, index, newSize, newRoot);
    }

    /// @inheritdoc ILegalLedger
    function revoke(bytes32 logId, bytes32 commitment, uint8 reason) external {
        Log storage log = _operated(logId);
        if (reason == 0) revert ReasonZero(commitment);
        if (log.revocations[commitment].reason != 0) revert AlreadyRevoked(commitment);
        log.revocations[commitment] = Revocation({reason: reason, time: uint64(block.timestamp)});
        emit EntryRevoked(logId, commitment, reason);
    }

    /// @inheritdoc ILegalLedger
    function cosign(bytes32 logId, uint64 index, bytes32 root) external {
        Log storage log = _open(logId);
        if (!log.witnesses[msg.sender]) revert NotWitness(msg.sender);
        Checkpoint storage anchored = log.checkpoints[root];
        if (anchored.size == 0) revert UnknownCheckpoint(root);
        if (anchored.index != index) revert IndexConflict(anchored.index, index);
        if (log.cosigned[index][msg.sender]) revert AlreadyCosigned(index, msg.sender);
        log.cosigned[index][msg.sender] = true;
        emit CheckpointCosigned(logId, index, msg.sender);
    }

    /// @inheritdoc ILegalLedger
    function head(bytes32 logId) external view returns (uint64 count, uint64 size, bytes32 root, uint64 time) {
        root = _logs[logId].root;
        Checkpoint storage last = _logs[logId].checkpoints[root];
        size = last.size;
        time = last.time;
        if (size != 0) count = uint64(last.index) + 1;
    }

    /// @inheritdoc ILegalLedger
    function checkpoint(bytes32 logId, bytes32 root) external view returns (Checkpoint memory) {
        return _logs[logId].checkpoints[root];
    }

    /// @inheritdoc ILegalLedger
    function operatorOf(bytes32 logId) external view returns (address current, address proposed) {
        Log storage log = _logs[logId];
        return (log.operator, log.proposedOperator);
    }

    /// @inheritdoc ILegalLedger
    function isWitness(bytes32 logId, address witness) external view returns (bool) {
        return _logs[logId].witnesses[witness];
    }

    /// @inheritdoc ILegalLedger
    function hasCosigned(bytes32 logId, uint64 index, address witness) external view returns (bool) {
        return _logs[logId].cosigned[index][witness];
    }

    /// @inheritdoc ILegalLedger
    function revocation(bytes32 logId, bytes32 commitment) external view returns (uint8 reason, uint64 time) {
        Revocation storage revoked = _logs[logId].revocations[commitment];
        return (revoked.reason, revoked.time);
    }

    /// @inheritdoc ILegalLedger
    function verifyEntry(bytes32 logId, bytes32 root, bytes32 commitment, uint64 leafIndex, bytes32[] calldata proof)
        external
        view
        returns (Checkpoint memory anchored, uint8 revokedReason, uint64 revokedAt)
    {
        Log storage log = _open(logId);
        anchored = log.checkpoints[root];
        if (anchored.size == 0) revert UnknownCheckpoint(root);
        if (proof.length > _MAX_PROOF_LENGTH) revert ProofLength(proof.length);
        if (!Rfc9162.verifyInclusion(leafIndex, anchored.size, Rfc9162.leafHash(commitment), proof, root)) {
            revert NotIncluded(commitment, leafIndex);
        }
        Revocation storage revoked = log.revocations[commitment];
        (revokedReason, revokedAt) = (revoked.reason, revoked.time);
    }

    /// @notice Always refused; hand ownership over with `transferOwnership` and `acceptOwnership`.
    function renounceOwnership() public view override {
        revert CannotRenounce(msg.sender);
    }

    /// @dev The log, which must be open.
    function _open(bytes32 logId) private view returns (Log storage log) {
        log = _logs[logId];
        if (log.operator == address(0)) revert UnknownLog(logId);
    }

    /// @dev The log, which must be open and whose operator must be the caller.
    function _operated(bytes32 logId) private view returns (Log storage log) {
        log = _logs[logId];
        address operator = log.operator;
        if (operator == address(0)) revert UnknownLog(logId);
        if (msg.sender != operator) revert NotOperator(msg.sender);
    }
}
