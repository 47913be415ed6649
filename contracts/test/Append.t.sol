// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILegalLedger} from "../src/ILegalLedger.sol";
import {Rfc9162} from "../src/Rfc9162.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {Storage} from "./Storage.sol";
import {Tree} from "./Tree.sol";
import {vm} from "./Vm.sol";

/// @dev What `append` stores and what it refuses, in the order in which it looks.
contract AppendTest is LedgerTest {
    bytes32 private constant ROOT = bytes32(uint256(0x600D));

    // ------------------------------------------------------------------------------------------------------ what it does

    function test_append_storesTheFirstCheckpoint() public {
        bytes32 root = _begin(5);
        _assertCheckpoint(root, 0, 5, 1_000, 0);
        vm.assertEq(_head(), abi.encode(1, 5, root, 1_800_000_000));
    }

    function test_append_storesTheNextCheckpointAndWhereTheLastOneIs() public {
        _begin(5);
        vm.roll(1_007);
        vm.warp(1_800_000_060);
        bytes32 root = _extend(5, 13);
        _assertCheckpoint(root, 1, 13, 1_007, 1_000);
        vm.assertEq(_head(), abi.encode(2, 13, root, 1_800_000_060));
    }

    function test_append_keepsTheOlderCheckpoints() public {
        bytes32 first = _begin(5);
        bytes memory before = abi.encode(ledger.checkpoint(logId, first));
        vm.roll(1_001);
        _extend(5, 6);
        _extend(6, 8);
        vm.assertEq(abi.encode(ledger.checkpoint(logId, first)), before);
    }

    function test_append_returnsTheIndex() public {
        bytes32[] memory leaves = Tree.grow(SEED, 3);
        vm.assertEq(_append(0, 2, Tree.root(leaves, 2), _none()), 0);
        vm.assertEq(_append(2, 3, Tree.root(leaves, 3), Tree.consistency(leaves, 2, 3)), 1);
    }

    function test_append_emitsCheckpointAppended() public {
        bytes32 first = Tree.root(Tree.grow(SEED, 2), 2);
        bytes32 second = Tree.root(Tree.grow(SEED, 3), 3);
        _emitted();
        emit ILegalLedger.CheckpointAppended(logId, 0, 2, first);
        _begin(2);
        _emitted();
        emit ILegalLedger.CheckpointAppended(logId, 1, 3, second);
        _extend(2, 3);
    }

    function test_append_takesTheLargestStep() public {
        _assertAppends(0, 2 ** 24);
    }

    function test_append_takesTheLargestSize() public {
        uint64 last = 2 ** 48 - 1;
        (bytes32 oldRoot, bytes32 newRoot, bytes32[] memory proof) = Storage.rightEdge(last - 1);
        Storage.plantHead(address(ledger), logId, oldRoot, Storage.Planted({index: 7, size: last - 1, blockNumber: 9}));
        vm.assertEq(_append(last - 1, last, newRoot, proof), 8);
        _assertCheckpoint(newRoot, 8, last, 1_000, 9);
    }

    function test_append_growsThroughEverySizeTo40() public {
        _begin(1);
        for (uint64 size = 1; size < 40; ++size) {
            _extend(size, size + 1);
        }
        vm.assertEq(_head(), abi.encode(40, 40, Tree.root(Tree.grow(SEED, 40), 40), 1_800_000_000));
    }

    // -------------------------------------------------------------------------------------------------------- equal size

    function test_append_ofTheSameHeadReturnsItsIndexAndWritesNothing() public {
        _begin(5);
        bytes32 root = _extend(5, 6);
        bytes memory before = _head();
        vm.roll(1_001);
        vm.recordLogs();
        vm.record();
        vm.assertEq(_append(6, 6, root, _none()), 1);
        (, bytes32[] memory writes) = vm.accesses(address(ledger));
        vm.assertEq(writes.length, 0);
        vm.assertEq(vm.getRecordedLogs().length, 0);
        vm.assertEq(_head(), before);
    }

    function test_append_refusesAForkAtTheSameSize() public {
        bytes32 root = _begin(5);
        _assertRefuses(5, 5, ROOT, _none(), abi.encodeWithSelector(ILegalLedger.RootConflict.selector, root, ROOT));
    }

    function test_append_refusesAProofAtTheSameSize() public {
        bytes32 root = _begin(5);
        _assertRefuses(5, 5, root, _hashes(1), abi.encodeWithSelector(ILegalLedger.ProofLength.selector, 1));
    }

    // ------------------------------------------------------------------------------------------------------- who and what

    function test_append_refusesAnUnknownLog() public {
        _refused(abi.encodeWithSelector(ILegalLedger.UnknownLog.selector, NO_LOG));
        vm.prank(OPERATOR);
        ledger.append(NO_LOG, 0, 1, ROOT, _none());
    }

    function test_append_refusesAStranger() public {
        _assertRefusesCaller(STRANGER);
    }

    function test_append_refusesTheOwner() public {
        _assertRefusesCaller(OWNER);
    }

    function test_append_refusesAnOperatorWhoHasNotAccepted() public {
        vm.prank(OWNER);
        ledger.proposeOperator(logId, SUCCESSOR);
        _assertRefusesCaller(SUCCESSOR);
    }

    function test_append_refusesTheOperatorOfAnotherLog() public {
        _open("a.example/x", SUCCESSOR);
        _assertRefusesCaller(SUCCESSOR);
    }

    // -------------------------------------------------------------------------------------------------------------- sizes

    function test_append_refusesAnotherOldSize() public {
        _begin(5);
        bytes memory refusal = abi.encodeWithSelector(ILegalLedger.SizeConflict.selector, 5);
        _assertRefuses(0, 9, ROOT, _none(), refusal);
        _assertRefuses(4, 9, ROOT, _hashes(3), refusal);
        _assertRefuses(6, 9, ROOT, _hashes(3), refusal);
    }

    function test_append_refusesAnOldSizeOnAnEmptyLog() public {
        _assertRefuses(1, 2, ROOT, _hashes(1), abi.encodeWithSelector(ILegalLedger.SizeConflict.selector, 0));
    }

    function test_append_refusesSizeZero() public {
        _assertRefuses(0, 0, ROOT, _none(), abi.encodeWithSelector(ILegalLedger.SizeOutOfRange.selector, 0));
        _begin(5);
        _assertRefuses(5, 0, ROOT, _none(), abi.encodeWithSelector(ILegalLedger.SizeOutOfRange.selector, 0));
    }

    function test_append_refusesSize2To48() public {
        uint64 last = 2 ** 48 - 1;
        Storage.plantHead(address(ledger), logId, ROOT, Storage.Planted({index: 7, size: last, blockNumber: 9}));
        bytes memory refusal = abi.encodeWithSelector(ILegalLedger.SizeOutOfRange.selector, 2 ** 48);
        _assertRefuses(last, 2 ** 48, bytes32(uint256(1)), _hashes(48), refusal);
    }

    function test_append_refusesToShrink() public {
        _begin(5);
        bytes memory refusal = abi.encodeWithSelector(ILegalLedger.SizeShrinks.selector, 5, 4);
        _assertRefuses(5, 4, Tree.root(Tree.grow(SEED, 4), 4), _none(), refusal);
    }

    function test_append_refusesAStepAbove2To24() public {
        uint64 far = 2 ** 24 + 1;
        _assertRefuses(0, far, ROOT, _none(), abi.encodeWithSelector(ILegalLedger.StepTooLarge.selector, 0, far));
        _begin(5);
        _assertRefuses(
            5, far + 5, ROOT, _hashes(25), abi.encodeWithSelector(ILegalLedger.StepTooLarge.selector, 5, far + 5)
        );
    }

    function test_append_refusesRootZero() public {
        _assertRefuses(0, 1, 0, _none(), abi.encodeWithSelector(ILegalLedger.ZeroRoot.selector, logId));
        _begin(5);
        _assertRefuses(5, 6, 0, _hashes(3), abi.encodeWithSelector(ILegalLedger.ZeroRoot.selector, logId));
    }

    // -------------------------------------------------------------------------------------------------------------- proofs

    function test_append_refuses64HashesBeforeHashingAny() public {
        _begin(5);
        _assertRefuses(5, 6, ROOT, _hashes(64), abi.encodeWithSelector(ILegalLedger.ProofLength.selector, 64));
    }

    function test_append_looksInto63Hashes() public {
        _begin(5);
        _assertRefuses(5, 6, ROOT, _hashes(63), abi.encodeWithSelector(ILegalLedger.NotConsistent.selector, 5, 6));
    }

    function test_append_refusesAProofFromSizeZero() public {
        _assertRefuses(0, 1, ROOT, _hashes(1), abi.encodeWithSelector(ILegalLedger.ProofLength.selector, 1));
    }

    function test_append_refusesNoProof() public {
        bytes memory refusal = abi.encodeWithSelector(ILegalLedger.ProofLength.selector, 0);
        _begin(4);
        _assertRefuses(4, 6, ROOT, _none(), refusal);
    }

    function test_append_refusesAProofThatIsTooShortOrTooLong() public {
        _begin(6);
        bytes32[] memory leaves = Tree.grow(SEED, 11);
        bytes32[] memory proof = Tree.consistency(leaves, 6, 11);
        for (uint256 length = 1; length <= 8; ++length) {
            if (length == proof.length) continue;
            bytes32[] memory resized = new bytes32[](length);
            for (uint256 i = 0; i < length; ++i) {
                resized[i] = proof[i < proof.length ? i : proof.length - 1];
            }
            _assertInconsistent(6, 11, Tree.root(leaves, 11), resized);
        }
    }

    function test_append_refusesAProofWithTwoHashesSwapped() public {
        _begin(6);
        bytes32[] memory leaves = Tree.grow(SEED, 11);
        for (uint256 i = 0; i < 3; ++i) {
            bytes32[] memory proof = Tree.consistency(leaves, 6, 11);
            (proof[i], proof[i + 1]) = (proof[i + 1], proof[i]);
            _assertInconsistent(6, 11, Tree.root(leaves, 11), proof);
        }
    }

    function test_append_refusesAProofWithAHashRepeated() public {
        _begin(6);
        bytes32[] memory leaves = Tree.grow(SEED, 11);
        for (uint256 i = 0; i < 3; ++i) {
            bytes32[] memory proof = Tree.consistency(leaves, 6, 11);
            proof[i + 1] = proof[i];
            _assertInconsistent(6, 11, Tree.root(leaves, 11), proof);
        }
    }

    function test_append_refusesAHistoryRewrittenInOneEntry() public {
        _begin(6);
        bytes32[] memory leaves = Tree.grow(SEED, 11);
        leaves[2] = keccak256("another entry");
        _assertInconsistent(6, 11, Tree.root(leaves, 11), Tree.consistency(leaves, 6, 11));
    }

    function test_append_takesTheSizeThatTheOperatorClaims() public {
        // The proof from 6 to 8 also fits 7: the audit counts the published leaves, the contract cannot.
        _begin(6);
        bytes32[] memory leaves = Tree.grow(SEED, 8);
        bytes32 root = Tree.root(leaves, 8);
        _append(6, 7, root, Tree.consistency(leaves, 6, 8));
        _assertCheckpoint(root, 1, 7, 1_000, 1_000);
    }

    // ------------------------------------------------------------------------------------- what cannot happen by itself

    function test_append_refusesARootThatIsAnchoredAlready() public {
        // Only a cycle in SHA-256 leads here, so the older checkpoint is planted.
        _begin(6);
        bytes32[] memory leaves = Tree.grow(SEED, 8);
        bytes32 root = Tree.root(leaves, 8);
        Storage.plantCheckpoint(address(ledger), logId, root, Storage.Planted({index: 3, size: 2, blockNumber: 9}));
        bytes memory refusal = abi.encodeWithSelector(ILegalLedger.AlreadyAnchored.selector, root);
        _assertRefuses(6, 8, root, Tree.consistency(leaves, 6, 8), refusal);
    }

    function test_append_refusesOnAChainWithoutSha256() public {
        _begin(6);
        bytes32[] memory leaves = Tree.grow(SEED, 8);
        bytes32[] memory proof = Tree.consistency(leaves, 6, 8);
        bytes32 root = Tree.root(leaves, 8);
        // an account without code succeeds and returns nothing
        vm.mockCall(address(2), "", "");
        _assertRefuses(6, 8, root, proof, abi.encodeWithSelector(Rfc9162.Sha256Unavailable.selector));
        vm.clearMockedCalls();
    }

    function test_append_isAllOrNothingWhenGasRunsOut() public {
        _begin(6);
        bytes32[] memory leaves = Tree.grow(SEED, 8);
        bytes memory data =
            abi.encodeCall(ledger.append, (logId, 6, 8, Tree.root(leaves, 8), Tree.consistency(leaves, 6, 8)));
        bytes memory before = _head();
        for (uint256 limit = 1_000; limit < 45_000; limit += 500) {
            vm.prank(OPERATOR);
            (bool done,) = address(ledger).call{gas: limit}(data);
            if (done) return;
            vm.assertEq(_head(), before);
        }
        vm.assertTrue(false, "never went through");
    }

    // ------------------------------------------------------------------------------------------------------------ helpers

    function _append(uint64 oldSize, uint64 newSize, bytes32 root, bytes32[] memory proof) private returns (uint64) {
        vm.prank(OPERATOR);
        return ledger.append(logId, oldSize, newSize, root, proof);
    }

    function _assertAppends(uint64 oldSize, uint64 newSize) private {
        _append(oldSize, newSize, ROOT, _none());
        _assertCheckpoint(ROOT, 0, newSize, 1_000, 0);
    }

    function _assertRefuses(uint64 oldSize, uint64 newSize, bytes32 root, bytes32[] memory proof, bytes memory refusal)
        private
    {
        bytes memory before = _head();
        _refused(refusal);
        _append(oldSize, newSize, root, proof);
        vm.assertEq(_head(), before);
    }

    function _assertInconsistent(uint64 oldSize, uint64 newSize, bytes32 root, bytes32[] memory proof) private {
        bytes memory refusal = abi.encodeWithSelector(ILegalLedger.NotConsistent.selector, oldSize, newSize);
        _assertRefuses(oldSize, newSize, root, proof, refusal);
    }

    function _assertRefusesCaller(address caller) private {
        _refused(abi.encodeWithSelector(ILegalLedger.NotOperator.selector, caller));
        vm.prank(caller);
        ledger.append(logId, 0, 1, ROOT, _none());
    }

    function _assertCheckpoint(bytes32 root, uint32 index, uint64 size, uint48 blockNumber, uint48 previous)
        private
        view
    {
        ILegalLedger.Checkpoint memory stored = ledger.checkpoint(logId, root);
        ILegalLedger.Checkpoint memory expected = ILegalLedger.Checkpoint({
            index: index,
            size: uint48(size),
            time: uint40(vm.getBlockTimestamp()),
            blockNumber: blockNumber,
            previousBlock: previous
        });
        vm.assertEq(abi.encode(stored), abi.encode(expected));
    }

    function _hashes(uint256 count) private pure returns (bytes32[] memory list) {
        list = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            list[i] = keccak256(abi.encode(i));
        }
    }
}
