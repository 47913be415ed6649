// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILegalLedger} from "../src/ILegalLedger.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {Tree} from "./Tree.sol";
import {vm} from "./Vm.sol";

/// @dev What is set beside an anchored checkpoint or an entry, and what anyone can read and prove.
contract MarksTest is LedgerTest {
    bytes32 private root;

    function setUp() public override {
        super.setUp();
        root = _begin(11);
        vm.prank(OWNER);
        ledger.setWitness(logId, WITNESS, true);
    }

    // ----------------------------------------------------------------------------------------------------------- cosign

    function test_cosign_isKept() public {
        vm.assertFalse(ledger.hasCosigned(logId, 0, WITNESS));
        _cosign(0, root);
        vm.assertTrue(ledger.hasCosigned(logId, 0, WITNESS));
    }

    function test_cosign_emitsCheckpointCosigned() public {
        _emitted();
        emit ILegalLedger.CheckpointCosigned(logId, 0, WITNESS);
        _cosign(0, root);
    }

    function test_cosign_takesAnOlderCheckpoint() public {
        _extend(11, 12);
        _cosign(0, root);
        vm.assertTrue(ledger.hasCosigned(logId, 0, WITNESS));
        vm.assertFalse(ledger.hasCosigned(logId, 1, WITNESS));
    }

    function test_cosign_ofAWitnessStruckOffStays() public {
        _cosign(0, root);
        vm.prank(OWNER);
        ledger.setWitness(logId, WITNESS, false);
        vm.assertTrue(ledger.hasCosigned(logId, 0, WITNESS));
    }

    function test_cosign_refusesTheSecondTime() public {
        _cosign(0, root);
        _refused(abi.encodeWithSelector(ILegalLedger.AlreadyCosigned.selector, 0, WITNESS));
        _cosign(0, root);
    }

    function test_cosign_refusesAnIndexThatDoesNotExist() public {
        _refused(abi.encodeWithSelector(ILegalLedger.IndexConflict.selector, 0, 1));
        _cosign(1, root);
    }

    function test_cosign_refusesTheIndexOfAnotherCheckpoint() public {
        _extend(11, 12);
        _refused(abi.encodeWithSelector(ILegalLedger.IndexConflict.selector, 0, 1));
        _cosign(1, root);
    }

    function test_cosign_refusesARootThatIsNotAnchored() public {
        _refused(abi.encodeWithSelector(ILegalLedger.UnknownCheckpoint.selector, NO_LOG));
        _cosign(0, NO_LOG);
    }

    function test_cosign_refusesRootZero() public {
        _refused(abi.encodeWithSelector(ILegalLedger.UnknownCheckpoint.selector, 0));
        _cosign(0, 0);
    }

    function test_cosign_refusesACheckpointOfAnotherLog() public {
        bytes32 other = _open("a.example/x", OPERATOR);
        vm.prank(OWNER);
        ledger.setWitness(other, WITNESS, true);
        _refused(abi.encodeWithSelector(ILegalLedger.UnknownCheckpoint.selector, root));
        vm.prank(WITNESS);
        ledger.cosign(other, 0, root);
    }

    function test_cosign_refusesAnUnknownLog() public {
        _refused(abi.encodeWithSelector(ILegalLedger.UnknownLog.selector, NO_LOG));
        vm.prank(WITNESS);
        ledger.cosign(NO_LOG, 0, root);
    }

    function test_cosign_refusesWhoIsNoWitness() public {
        _assertMayNotCosign(STRANGER);
        _assertMayNotCosign(OPERATOR);
        _assertMayNotCosign(OWNER);
    }

    function test_cosign_refusesAWitnessStruckOff() public {
        vm.prank(OWNER);
        ledger.setWitness(logId, WITNESS, false);
        _assertMayNotCosign(WITNESS);
    }

    // ----------------------------------------------------------------------------------------------------------- revoke

    function test_revoke_isKeptWithItsTime() public {
        vm.warp(1_800_000_099);
        _revoke(COMMITMENT, 2);
        _assertRevocation(COMMITMENT, 2, 1_800_000_099);
    }

    function test_revoke_emitsEntryRevoked() public {
        _emitted();
        emit ILegalLedger.EntryRevoked(logId, COMMITMENT, 5);
        _revoke(COMMITMENT, 5);
    }

    function test_revoke_touchesThisLogAndEntryAlone() public {
        bytes32 other = _open("a.example/x", OPERATOR);
        _revoke(COMMITMENT, 2);
        (uint8 elsewhere,) = ledger.revocation(other, COMMITMENT);
        vm.assertEq(elsewhere, 0);
        _assertRevocation(keccak256("another entry"), 0, 0);
    }

    function test_revoke_refusesTheSecondTime() public {
        _revoke(COMMITMENT, 2);
        _refused(abi.encodeWithSelector(ILegalLedger.AlreadyRevoked.selector, COMMITMENT));
        _revoke(COMMITMENT, 3);
        _assertRevocation(COMMITMENT, 2, 1_800_000_000);
    }

    function test_revoke_refusesReasonZero() public {
        _refused(abi.encodeWithSelector(ILegalLedger.ReasonZero.selector, COMMITMENT));
        _revoke(COMMITMENT, 0);
    }

    function test_revoke_refusesAnotherThanTheOperator() public {
        address[3] memory others = [OWNER, STRANGER, WITNESS];
        for (uint256 i = 0; i < others.length; ++i) {
            _refused(abi.encodeWithSelector(ILegalLedger.NotOperator.selector, others[i]));
            vm.prank(others[i]);
            ledger.revoke(logId, COMMITMENT, 1);
        }
    }

    function test_revoke_refusesAnOperatorWhoHasNotAccepted() public {
        vm.prank(OWNER);
        ledger.proposeOperator(logId, SUCCESSOR);
        _refused(abi.encodeWithSelector(ILegalLedger.NotOperator.selector, SUCCESSOR));
        vm.prank(SUCCESSOR);
        ledger.revoke(logId, COMMITMENT, 1);
    }

    function test_revoke_refusesAnUnknownLog() public {
        _refused(abi.encodeWithSelector(ILegalLedger.UnknownLog.selector, NO_LOG));
        vm.prank(OPERATOR);
        ledger.revoke(NO_LOG, COMMITMENT, 1);
    }

    // ------------------------------------------------------------------------------------------------------ verifyEntry

    function test_verifyEntry_givesTheCheckpointOfEveryEntry() public view {
        bytes32[] memory leaves = Tree.grow(SEED, 11);
        for (uint64 i = 0; i < 11; ++i) {
            (ILegalLedger.Checkpoint memory anchored, uint8 reason, uint64 time) =
                ledger.verifyEntry(logId, root, Tree.entry(SEED, i), i, Tree.inclusion(leaves, i, 11));
            vm.assertEq(abi.encode(anchored), abi.encode(ledger.checkpoint(logId, root)));
            vm.assertEq(abi.encode(reason, time), abi.encode(0, 0));
        }
    }

    function test_verifyEntry_tellsOfARevocation() public {
        _revoke(Tree.entry(SEED, 4), 3);
        (, uint8 reason, uint64 time) = ledger.verifyEntry(logId, root, Tree.entry(SEED, 4), 4, _path(4));
        vm.assertEq(abi.encode(reason, time), abi.encode(3, 1_800_000_000));
    }

    function test_verifyEntry_stillHoldsUnderAnOlderCheckpoint() public {
        _extend(11, 12);
        (ILegalLedger.Checkpoint memory anchored,,) = ledger.verifyEntry(logId, root, Tree.entry(SEED, 4), 4, _path(4));
        vm.assertEq(anchored.size, 11);
    }

    function test_verifyEntry_refusesTheLeafHashInPlaceOfTheEntry() public {
        bytes32 leaf = Tree.leaf(Tree.entry(SEED, 4));
        _assertNotIncluded(leaf, 4, _path(4));
    }

    function test_verifyEntry_refusesAnInnerNodeAsAnEntry() public {
        bytes32[] memory leaves = Tree.grow(SEED, 11);
        bytes32 node = Tree.hash(leaves, 0, 8);
        bytes32[] memory proof = Tree.append(_none(), Tree.hash(leaves, 8, 11));
        _assertNotIncluded(node, 0, proof);
    }

    function test_verifyEntry_refusesAnotherIndex() public {
        _assertNotIncluded(Tree.entry(SEED, 4), 5, _path(4));
    }

    function test_verifyEntry_refusesAnIndexPastTheEnd() public {
        _assertNotIncluded(Tree.entry(SEED, 10), 11, _path(10));
    }

    function test_verifyEntry_refusesAProofOfAnotherLength() public {
        bytes32[] memory proof = _path(4);
        _assertNotIncluded(Tree.entry(SEED, 4), 4, Tree.append(proof, root));
        assembly {
            mstore(proof, sub(mload(proof), 1))
        }
        _assertNotIncluded(Tree.entry(SEED, 4), 4, proof);
        _assertNotIncluded(Tree.entry(SEED, 4), 4, _none());
    }

    function test_verifyEntry_looksInto63Hashes() public {
        _assertNotIncluded(Tree.entry(SEED, 4), 4, new bytes32[](63));
    }

    function test_verifyEntry_refuses64Hashes() public {
        bytes32 entry = Tree.entry(SEED, 4);
        _refused(abi.encodeWithSelector(ILegalLedger.ProofLength.selector, 64));
        ledger.verifyEntry(logId, root, entry, 4, new bytes32[](64));
    }

    function test_verifyEntry_refusesARootThatIsNotAnchored() public {
        bytes32 entry = Tree.entry(SEED, 4);
        bytes32[] memory proof = _path(4);
        _refused(abi.encodeWithSelector(ILegalLedger.UnknownCheckpoint.selector, NO_LOG));
        ledger.verifyEntry(logId, NO_LOG, entry, 4, proof);
    }

    function test_verifyEntry_refusesAnUnknownLog() public {
        bytes32 entry = Tree.entry(SEED, 4);
        bytes32[] memory proof = _path(4);
        _refused(abi.encodeWithSelector(ILegalLedger.UnknownLog.selector, NO_LOG));
        ledger.verifyEntry(NO_LOG, root, entry, 4, proof);
    }

    function test_verifyEntry_ofTheOnlyEntryTakesAnEmptyProof() public {
        bytes32 id = _open("a.example/x", OPERATOR);
        bytes32 leaf = Tree.leaf(COMMITMENT);
        vm.prank(OPERATOR);
        ledger.append(id, 0, 1, leaf, _none());
        (ILegalLedger.Checkpoint memory anchored,,) = ledger.verifyEntry(id, leaf, COMMITMENT, 0, _none());
        vm.assertEq(anchored.size, 1);
    }

    // ------------------------------------------------------------------------------------------------------------ views

    function test_views_ofAnUnknownLogAreEmpty() public view {
        (uint64 count, uint64 size, bytes32 last, uint64 time) = ledger.head(NO_LOG);
        (address current, address proposed) = ledger.operatorOf(NO_LOG);
        (uint8 reason, uint64 revokedAt) = ledger.revocation(NO_LOG, COMMITMENT);
        vm.assertEq(abi.encode(count, size, last, time), abi.encode(0, 0, 0, 0));
        vm.assertEq(abi.encode(current, proposed), abi.encode(0, 0));
        vm.assertEq(abi.encode(reason, revokedAt), abi.encode(0, 0));
        vm.assertEq(abi.encode(ledger.checkpoint(NO_LOG, root)), new bytes(160));
        vm.assertFalse(ledger.isWitness(NO_LOG, WITNESS));
        vm.assertFalse(ledger.hasCosigned(NO_LOG, 0, WITNESS));
    }

    function test_checkpoint_ofAnotherLogIsEmpty() public {
        bytes32 other = _open("a.example/x", OPERATOR);
        vm.assertEq(abi.encode(ledger.checkpoint(other, root)), new bytes(160));
    }

    // ---------------------------------------------------------------------------------------------------------- helpers

    function _cosign(uint64 index, bytes32 checkpointRoot) private {
        vm.prank(WITNESS);
        ledger.cosign(logId, index, checkpointRoot);
    }

    function _revoke(bytes32 commitment, uint8 reason) private {
        vm.prank(OPERATOR);
        ledger.revoke(logId, commitment, reason);
    }

    function _path(uint256 index) private pure returns (bytes32[] memory) {
        return Tree.inclusion(Tree.grow(SEED, 11), index, 11);
    }

    function _assertRevocation(bytes32 commitment, uint8 reason, uint64 time) private view {
        (uint8 storedReason, uint64 storedTime) = ledger.revocation(logId, commitment);
        vm.assertEq(abi.encode(storedReason, storedTime), abi.encode(reason, time));
    }

    function _assertMayNotCosign(address account) private {
        _refused(abi.encodeWithSelector(ILegalLedger.NotWitness.selector, account));
        vm.prank(account);
        ledger.cosign(logId, 0, root);
    }

    function _assertNotIncluded(bytes32 commitment, uint64 index, bytes32[] memory proof) private {
        _refused(abi.encodeWithSelector(ILegalLedger.NotIncluded.selector, commitment, index));
        ledger.verifyEntry(logId, root, commitment, index, proof);
    }
}
