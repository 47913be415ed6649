// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Cases} from "./Cases.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {Rfc9162Calls, newCalls} from "./Rfc9162Calls.sol";
import {vm} from "./Vm.sol";

/// @dev Cases made by tests/contracts/differential.py with the verdict of the Python verifier, tried on the library and, where
///      a log can have such a head, on the ledger itself. Run by forge's `script`, one file a call.
contract Differential is LedgerTest {
    Rfc9162Calls private calls;

    function consistency(string calldata path) external returns (uint256 tried, uint256 anchored) {
        setUp();
        calls = newCalls();
        bytes memory data = vm.readFileBinary(path);
        for (uint256 offset = 0; offset < data.length; ++tried) {
            Cases.Case memory c;
            (c, offset) = Cases.next(data, offset);
            bool taken = calls.verifyConsistency(c.number1, c.number2, c.word1, c.word2, c.proof);
            vm.assertTrue(taken == c.accepted, _named("library", tried));
            if (!c.anchored) continue;
            ++anchored;
            bytes32 log = _headed(tried, c.number1, c.word1);
            vm.prank(OPERATOR);
            (taken,) =
                address(ledger).call(abi.encodeCall(ledger.append, (log, c.number1, c.number2, c.word2, c.proof)));
            vm.assertTrue(taken == c.accepted, _named("append", tried));
        }
    }

    /// @dev number1 is the index, number2 the size, word1 the entry, word2 the root.
    function inclusion(string calldata path) external returns (uint256 tried, uint256 anchored) {
        setUp();
        calls = newCalls();
        bytes memory data = vm.readFileBinary(path);
        for (uint256 offset = 0; offset < data.length; ++tried) {
            Cases.Case memory c;
            (c, offset) = Cases.next(data, offset);
            bool taken = calls.verifyInclusion(c.number1, c.number2, calls.leafHash(c.word1), c.proof, c.word2);
            vm.assertTrue(taken == c.accepted, _named("library", tried));
            if (!c.anchored) continue;
            ++anchored;
            bytes32 log = _headed(tried, c.number2, c.word2);
            (taken,) =
                address(ledger).call(abi.encodeCall(ledger.verifyEntry, (log, c.word2, c.word1, c.number1, c.proof)));
            vm.assertTrue(taken == c.accepted, _named("verifyEntry", tried));
        }
    }

    function _headed(uint256 tried, uint64 size, bytes32 root) private returns (bytes32 log) {
        log = _open(vm.toString(tried), OPERATOR);
        vm.prank(OPERATOR);
        ledger.append(log, 0, size, root, _none());
    }

    function _named(string memory where, uint256 tried) private pure returns (string memory) {
        return string.concat(where, ", case ", vm.toString(tried));
    }
}
