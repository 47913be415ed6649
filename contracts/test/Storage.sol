// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {vm} from "./Vm.sol";

/// @dev Writes into a ledger's storage what no call can bring about, by the layout of LegalLedger: `_logs` in slot 2, in a log
///      the operator in slot 0, the proposed one in 1, the root in 2, the checkpoints in 3.
library Storage {
    struct Planted {
        uint32 index;
        uint64 size;
        uint64 blockNumber;
    }

    uint256 private constant LOGS = 2;

    function plantHead(address ledger, bytes32 logId, bytes32 root, Planted memory head) internal {
        vm.store(ledger, bytes32(logSlot(logId) + 2), root);
        plantCheckpoint(ledger, logId, root, head);
    }

    function plantCheckpoint(address ledger, bytes32 logId, bytes32 root, Planted memory planted) internal {
        uint256 time = 1_700_000_000;
        uint256 packed =
            planted.index | (uint256(planted.size) << 32) | (time << 80) | (uint256(planted.blockNumber) << 120);
        vm.store(ledger, keccak256(abi.encode(root, logSlot(logId) + 3)), bytes32(packed));
    }

    function logSlot(bytes32 logId) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(logId, LOGS)));
    }

    /// @dev Roots and proof of one step, from `size` (even) to `size + 1`, in a tree whose complete subtrees are made up: too
    ///      large to be grown. The old tree's subtrees, smallest first, are the proof.
    function rightEdge(uint64 size) internal pure returns (bytes32 oldRoot, bytes32 newRoot, bytes32[] memory proof) {
        bytes32[64] memory subtrees;
        uint256 count;
        for (uint256 level = 0; level < 64; ++level) {
            if ((size >> level) & 1 == 1) subtrees[count++] = keccak256(abi.encode(level));
        }
        bytes32 leaf = keccak256("the new leaf");
        oldRoot = subtrees[0];
        for (uint256 i = 1; i < count; ++i) {
            oldRoot = sha256(bytes.concat(hex"01", subtrees[i], oldRoot));
        }
        newRoot = sha256(bytes.concat(hex"01", subtrees[0], leaf));
        for (uint256 i = 1; i < count; ++i) {
            newRoot = sha256(bytes.concat(hex"01", subtrees[i], newRoot));
        }
        proof = new bytes32[](count + 1);
        (proof[0], proof[1]) = (subtrees[0], leaf);
        for (uint256 i = 1; i < count; ++i) {
            proof[i + 1] = subtrees[i];
        }
    }
}
