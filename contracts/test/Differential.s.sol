// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LedgerTest} from "./LedgerTest.sol";
import {Rfc9162Calls} from "./Rfc9162Calls.sol";
import {vm} from "./Vm.sol";

/// @dev Cases made by tests/contracts/differential.py with the verdict of the Python verifier, tried on the library and, where
///      a log can have such a head, on the ledger itself. Run by forge's `script`, one file a call. A case is
///      number1 (8 bytes) ‖ number2 (8) ‖ word1 (32) ‖ word2 (32) ‖ accepted (1) ‖ on the ledger too (1) ‖ count (1) ‖ hashes.
contract Differential is LedgerTest {
    struct Case {
        uint64 number1;
        uint64 number2;
        bytes32 word1;
        bytes32 word2;
        bool accepted;
        bool anchored;
        bytes32[] proof;
    }

    Rfc9162Calls private calls;

    function consistency(string calldata path) external returns (uint256 tried, uint256 anchored) {
        setUp();
        calls = new Rfc9162Calls();
        bytes memory data = vm.readFileBinary(path);
        for (uint256 offset = 0; offset < data.length; ++tried) {
            Case memory c;
            (c, offset) = _next(data, offset);
            bool taken = calls.verifyConsistency(c.number1, c.number2, c.word1, c.word2, c.proof);
            vm.assertTrue(taken == c.accepted, _named("library", tried));
            if (!c.anchored) continue;
            ++anchored;
            bytes32 log = _headed(tried, c.number1, c.word1);
            vm.prank(OPERATOR);
            (taken,) = address(ledger)
                .call(abi.encodeCall(ledger.append, (log, c.number1, c.number2, c.word2, c.proof)));
            vm.assertTrue(taken == c.accepted, _named("append", tried));
        }
    }

    /// @dev number1 is the index, number2 the size, word1 the entry, word2 the root.
    function inclusion(string calldata path) external returns (uint256 tried, uint256 anchored) {
        setUp();
        calls = new Rfc9162Calls();
        bytes memory data = vm.readFileBinary(path);
        for (uint256 offset = 0; offset < data.length; ++tried) {
            Case memory c;
            (c, offset) = _next(data, offset);
            bool taken = calls.verifyInclusion(c.number1, c.number2, calls.leafHash(c.word1), c.proof, c.word2);
            vm.assertTrue(taken == c.accepted, _named("library", tried));
            if (!c.anchored) continue;
            ++anchored;
            bytes32 log = _headed(tried, c.number2, c.word2);
            (taken,) = address(ledger)
                .call(abi.encodeCall(ledger.verifyEntry, (log, c.word2, c.word1, c.number1, c.proof)));
            vm.assertTrue(taken == c.accepted, _named("verifyEntry", tried));
        }
    }

    function _headed(uint256 tried, uint64 size, bytes32 root) private returns (bytes32 log) {
        log = _open(vm.toString(tried), OPERATOR);
        vm.prank(OPERATOR);
        ledger.append(log, 0, size, root, _none());
    }

    function _next(bytes memory data, uint256 offset) private pure returns (Case memory c, uint256 end) {
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

    function _named(string memory where, uint256 tried) private pure returns (string memory) {
        return string.concat(where, ", case ", vm.toString(tried));
    }
}
