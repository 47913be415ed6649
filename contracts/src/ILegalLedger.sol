// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Anchors of append-only logs
/// @notice Holds the checkpoints (origin, size, root) of RFC 9162 logs. A new checkpoint is stored only with a proof that its
///         tree extends the tree of the last one, so nobody, the operator of the log included, can change what is anchored.
/// @dev A log's entry is a commitment of 32 bytes. Leaf: SHA-256(0x00 ‖ commitment). Node: SHA-256(0x01 ‖ left ‖ right).
///      `logId` is the SHA-256 of the log's origin. Sizes count leaves, indexes begin at 0, times are Unix seconds of the block.
///      The proof shows extension under the sizes that the operator claims; that the size is the number of published leaves is
///      shown by audit and by witnesses, who rebuild the root from all entries.
interface ILegalLedger {
    /// @notice What is kept of one checkpoint, under its root, in one storage slot. It exists if and only if `size` is not 0.
    /// @param index Number of this checkpoint in its log, from 0 without gaps.
    /// @param size Leaves that the operator claims for the tree under this root.
    /// @param time Time of the block that anchored it.
    /// @param blockNumber Number of that block.
    /// @param previousBlock Block that anchored checkpoint `index - 1`; 0 at index 0. A reader walks back along it, one block's
    ///        events at a time.
    struct Checkpoint {
        uint32 index;
        uint48 size;
        uint40 time;
        uint48 blockNumber;
        uint48 previousBlock;
    }

    /// @notice A log was opened.
    /// @param origin The log's name, the first line of its checkpoints; its SHA-256 is `logId`.
    event LogOpened(bytes32 indexed logId, string origin, address indexed operator);

    /// @notice The owner proposed an operator; the current one stays in force until the proposed one accepts.
    /// @param proposed 0 when a proposal was cancelled.
    event OperatorProposed(bytes32 indexed logId, address indexed current, address indexed proposed);

    /// @notice The proposed operator accepted and is now the operator.
    event OperatorChanged(bytes32 indexed logId, address indexed previous, address indexed current);

    /// @notice A witness of the log was named (true) or struck off (false). Its earlier cosignatures stay.
    event WitnessChanged(bytes32 indexed logId, address indexed witness, bool named);

    /// @notice A checkpoint was anchored.
    event CheckpointAppended(bytes32 indexed logId, uint64 indexed index, uint64 size, bytes32 root);

    /// @notice A witness of the log cosigned an anchored checkpoint.
    event CheckpointCosigned(bytes32 indexed logId, uint64 indexed index, address indexed witness);

    /// @notice An entry was revoked, for good.
    event EntryRevoked(bytes32 indexed logId, bytes32 indexed commitment, uint8 reason);

    /// @notice The origin is empty or longer than 255 bytes.
    error InvalidOrigin(uint256 length);

    /// @notice A log's operator or witness cannot be address 0.
    error ZeroAddress(bytes32 logId);

    /// @notice The log was opened before.
    error LogExists(bytes32 logId);

    /// @notice No log has this id.
    error UnknownLog(bytes32 logId);

    /// @notice The caller is not the log's operator.
    error NotOperator(address caller);

    /// @notice The caller is not the log's proposed operator.
    error NotProposedOperator(address caller);

    /// @notice The caller is not a witness of this log.
    error NotWitness(address caller);

    /// @notice The caller built upon another size than the last anchored one.
    error SizeConflict(uint64 stored);

    /// @notice A size must be above 0 and below 2^48.
    error SizeOutOfRange(uint64 size);

    /// @notice A log never shrinks.
    error SizeShrinks(uint64 stored, uint64 offered);

    /// @notice One step adds at most 2^24 leaves.
    error StepTooLarge(uint64 stored, uint64 offered);

    /// @notice The root is 0.
    error ZeroRoot(bytes32 logId);

    /// @notice Another root is anchored at this very size.
    error RootConflict(bytes32 stored, bytes32 offered);

    /// @notice The number of hashes is above 63, not 0 where the proof must be empty, or 0 where it must not be.
    error ProofLength(uint256 length);

    /// @notice The proof does not show that the new tree extends the old one.
    error NotConsistent(uint64 oldSize, uint64 newSize);

    /// @notice This root is anchored already, at an earlier size.
    error AlreadyAnchored(bytes32 root);

    /// @notice No checkpoint of this log has this root.
    error UnknownCheckpoint(bytes32 root);

    /// @notice The checkpoint of this root has another index.
    error IndexConflict(uint64 stored, uint64 offered);

    /// @notice The proof does not show the entry at this index under this root.
    error NotIncluded(bytes32 commitment, uint64 leafIndex);

    /// @notice A revocation needs a reason above 0.
    error ReasonZero(bytes32 commitment);

    /// @notice The entry was revoked before.
    error AlreadyRevoked(bytes32 commitment);

    /// @notice This witness cosigned this checkpoint before.
    error AlreadyCosigned(uint64 index, address witness);

    /// @notice A ledger without owner could replace no lost operator key, so ownership is handed over and never dropped.
    error CannotRenounce(address caller);

    /// @notice Opens a log. For the owner, once per origin.
    /// @param origin UTF-8, 1 to 255 bytes.
    /// @param operator The account that may append from now on; not 0. Use another key than the owner's.
    /// @return logId SHA-256 of `origin`.
    function openLog(string calldata origin, address operator) external returns (bytes32 logId);

    /// @notice Proposes a new operator. For the owner. The current operator stays in force until the proposed one accepts.
    /// @param operator 0 cancels the proposal.
    function proposeOperator(bytes32 logId, address operator) external;

    /// @notice Names a witness of the log or strikes it off. For the owner.
    /// @param witness Not 0.
    function setWitness(bytes32 logId, address witness, bool named) external;

    /// @notice Takes over a log. For its proposed operator.
    function acceptOperator(bytes32 logId) external;

    /// @notice Anchors the next checkpoint. For the operator.
    /// @dev Checked in this order: known log; caller; `oldSize` is the stored size; range of `newSize`, no shrinking, the step;
    ///      `newRoot` not 0; at most 63 hashes. With `newSize` equal to `oldSize` the root must be the stored one and the proof
    ///      empty; nothing is then written or emitted. From size 0 the proof must be empty. Otherwise it must be the non-empty
    ///      consistency proof of RFC 9162 §2.1.4.
    /// @param oldSize The size that the proof begins at.
    /// @param newSize 1 to 2^48 - 1, at least `oldSize`, at most 2^24 above it.
    /// @return index Number of the checkpoint that is now the last one.
    function append(bytes32 logId, uint64 oldSize, uint64 newSize, bytes32 newRoot, bytes32[] calldata proof)
        external
        returns (uint64 index);

    /// @notice Marks an entry as revoked, for good. For the operator, once per entry.
    /// @dev Whether the commitment is in the log is not looked at; an audit does that.
    /// @param reason 1 entered in error, 2 superseded, 3 set aside by ruling, 4 rescinded by the parties, 5 key compromise; the
    ///        others are reserved, 0 is refused.
    function revoke(bytes32 logId, bytes32 commitment, uint8 reason) external;

    /// @notice Says: I have rebuilt the tree of this checkpoint from its entries. For a witness of this log, once per checkpoint.
    function cosign(bytes32 logId, uint64 index, bytes32 root) external;

    /// @notice The last checkpoint. An empty log, and one that was never opened, gives (0, 0, 0, 0).
    /// @return count Number of checkpoints; the last one's index is `count - 1`.
    function head(bytes32 logId) external view returns (uint64 count, uint64 size, bytes32 root, uint64 time);

    /// @notice The checkpoint of a root; all zero when there is none.
    function checkpoint(bytes32 logId, bytes32 root) external view returns (Checkpoint memory);

    /// @notice The operator and the proposed one. `current` is 0 for a log that was never opened, and for no other.
    function operatorOf(bytes32 logId) external view returns (address current, address proposed);

    /// @notice Whether the account is a witness of the log now.
    function isWitness(bytes32 logId, address witness) external view returns (bool);

    /// @notice Whether the account, as a witness of the log, cosigned the checkpoint.
    function hasCosigned(bytes32 logId, uint64 index, address witness) external view returns (bool);

    /// @notice The revocation of an entry; (0, 0) when it stands.
    function revocation(bytes32 logId, bytes32 commitment) external view returns (uint8 reason, uint64 time);

    /// @notice Proves that an entry is in an anchored tree, and reverts when it is not.
    /// @param commitment The log's entry itself, not its leaf hash.
    /// @param proof Inclusion proof of RFC 9162 §2.1.3.
    /// @return anchored The checkpoint of `root`.
    /// @return revokedReason 0 when the entry stands.
    /// @return revokedAt 0 when the entry stands.
    function verifyEntry(bytes32 logId, bytes32 root, bytes32 commitment, uint64 leafIndex, bytes32[] calldata proof)
        external
        view
        returns (Checkpoint memory anchored, uint8 revokedReason, uint64 revokedAt);
}
