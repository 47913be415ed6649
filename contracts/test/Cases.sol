// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev The cases that tests/contracts/differential.py packs: number1 (8 bytes) ‖ number2 (8) ‖ word1 (32) ‖ word2 (32) ‖
///      accepted (1) ‖ on the ledger too (1) ‖ count of hashes (1) ‖ hashes (32 each).
library Cases {
    struct Case {
        uint64 number1;
        uint64 number2;
        bytes32 word1;
        bytes32 word2;
        bool accepted;
        bool anchored;
        bytes32[] proof;
    }

    function next(bytes memory data, uint256 offset) internal pure returns (Case memory c, uint256 end) {
        c.number1 = uint64(uint256(_word(data, offset)) >> 192);
        c.number2 = uint64(uint256(_word(data, offset + 8)) >> 192);
        c.word1 = _word(data, offset + 16);
        c.word2 = _word(data, offset + 48);
        c.accepted = data[offset + 80] != 0;
        c.anchored = data[offset + 81] != 0;
        c.proof = new bytes32[](uint8(data[offset + 82]));
        end = offset + 83;
        for (uint256 i = 0; i < c.proof.length; ++i) {
            c.proof[i] = _word(data, end);
            end += 32;
        }
    }

    function _word(bytes memory data, uint256 offset) private pure returns (bytes32 word) {
        assembly {
            word := mload(add(add(data, 0x20), offset))
        }
    }
}
