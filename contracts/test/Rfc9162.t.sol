// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Rfc9162} from "../src/Rfc9162.sol";
import {Rfc9162Calls, newCalls} from "./Rfc9162Calls.sol";
import {Tree} from "./Tree.sol";
import {vm, within} from "./Vm.sol";

/// @dev The library against known answers and against the recursive definitions.
contract Rfc9162Test {
    /// @dev All pairs up to this size are tried; above it the fuzzer draws.
    uint256 private constant ALL = 20;
    uint256 private constant MOST = 130;

    // Roots of the entries "", 00, 10, 2021, … that the reference implementations of RFC 6962 publish, sizes 1, 2 and 3.
    bytes32 private constant PUBLISHED_1 = 0x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d;
    bytes32 private constant PUBLISHED_2 = 0xfac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125;
    bytes32 private constant PUBLISHED_3 = 0xaeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77;

    Rfc9162Calls private calls = newCalls();

    // ----------------------------------------------------------------------------------------------------------- hashes

    function test_nodeHash_givesThePublishedRoots() public view {
        bytes32 second = sha256(hex"0000");
        bytes32 third = sha256(hex"0010");
        vm.assertEq(calls.nodeHash(PUBLISHED_1, second), PUBLISHED_2);
        vm.assertEq(calls.nodeHash(PUBLISHED_2, third), PUBLISHED_3);
    }

    function test_nodeHash_givesBackAllMemoryItUsed() public view {
        (uint256 moved, bytes32 zero, bytes32 beyond) = calls.memoryAround(bytes32(uint256(1)), bytes32(uint256(2)));
        vm.assertEq(moved, 0);
        vm.assertEq(zero, 0);
        vm.assertEq(beyond, bytes32(type(uint256).max));
    }

    function test_fuzz_nodeHash_isTheCompilersSha256(bytes32 left, bytes32 right) public view {
        vm.assertEq(calls.nodeHash(left, right), sha256(bytes.concat(hex"01", left, right)));
    }

    function test_nodeHash_givesNoWrongHashWhenGasRunsOut() public view {
        bytes memory call = abi.encodeCall(calls.nodeHash, (0, 0));
        bytes32 right = sha256(bytes.concat(hex"01", new bytes(64)));
        uint256 refused;
        for (uint256 limit = 300; limit < 1_500; limit += 5) {
            (bool done, bytes memory answer) = address(calls).staticcall{gas: limit}(call);
            if (done) vm.assertEq(abi.decode(answer, (bytes32)), right);
            else ++refused;
        }
        vm.assertTrue(refused > 0 && refused < 240);
    }

    function test_nodeHash_refusesAPrecompileThatFails() public {
        vm.mockCallRevert(address(2), "", new bytes(32));
        _assertUnavailable();
    }

    function test_nodeHash_refusesAPrecompileThatAnswersNothing() public {
        vm.mockCall(address(2), "", "");
        _assertUnavailable();
    }

    function test_nodeHash_refusesAPrecompileThatAnswersTooMuch() public {
        vm.mockCall(address(2), "", new bytes(33));
        _assertUnavailable();
    }

    function _assertUnavailable() private {
        (bool done, bytes memory answer) = address(calls).staticcall(abi.encodeCall(calls.nodeHash, (0, 0)));
        vm.clearMockedCalls();
        vm.assertFalse(done);
        vm.assertEq(answer, abi.encodeWithSelector(Rfc9162.Sha256Unavailable.selector));
    }

    function test_fuzz_leafHash_isTheCompilersSha256(bytes32 entry) public view {
        vm.assertEq(calls.leafHash(entry), sha256(bytes.concat(hex"00", entry)));
    }

    // -------------------------------------------------------------------------------------------------------- inclusion

    function test_verifyInclusion_takesEveryLeafOfEverySize() public view {
        bytes32[] memory leaves = Tree.grow(1, ALL);
        for (uint64 size = 1; size <= ALL; ++size) {
            bytes32 root = Tree.root(leaves, size);
            for (uint64 index = 0; index < size; ++index) {
                vm.assertTrue(
                    calls.verifyInclusion(index, size, leaves[index], Tree.inclusion(leaves, index, size), root)
                );
            }
        }
    }

    function test_fuzz_verifyInclusion_takesWhatTheTreeProves(uint64 size, uint64 index, uint256 seed) public view {
        size = uint64(within(size, 1, MOST));
        index = uint64(within(index, 0, size - 1));
        bytes32[] memory leaves = Tree.grow(seed, size);
        bytes32[] memory proof = Tree.inclusion(leaves, index, size);
        vm.assertTrue(calls.verifyInclusion(index, size, leaves[index], proof, Tree.root(leaves, size)));
    }

    function test_fuzz_verifyInclusion_refusesAnyBitFlipped(uint64 size, uint64 index, uint256 bit) public view {
        size = uint64(within(size, 1, MOST));
        index = uint64(within(index, 0, size - 1));
        bytes32[] memory leaves = Tree.grow(1, size);
        bytes32[] memory proof = Tree.inclusion(leaves, index, size);
        bytes32[] memory all = Tree.append(Tree.append(proof, leaves[index]), Tree.root(leaves, size));
        bit = within(bit, 0, all.length * 256 - 1);
        all[bit / 256] ^= bytes32(2 ** (bit % 256));
        for (uint256 i = 0; i < proof.length; ++i) {
            proof[i] = all[i];
        }
        vm.assertFalse(calls.verifyInclusion(index, size, all[all.length - 2], proof, all[all.length - 1]));
    }

    function test_fuzz_verifyInclusion_refusesAnyOtherLength(uint64 size, uint64 index, uint8 length) public view {
        size = uint64(within(size, 1, MOST));
        index = uint64(within(index, 0, size - 1));
        bytes32[] memory leaves = Tree.grow(1, size);
        bytes32[] memory proof = Tree.inclusion(leaves, index, size);
        vm.assume(length != proof.length);
        bytes32 root = Tree.root(leaves, size);
        vm.assertFalse(calls.verifyInclusion(index, size, leaves[index], _resized(proof, length, root), root));
    }

    function test_fuzz_verifyInclusion_neverPanics(
        uint64 index,
        uint64 size,
        bytes32 leaf,
        bytes32[] calldata proof,
        bytes32 root
    ) public view {
        vm.assertFalse(calls.verifyInclusion(index, size, leaf, proof, root));
    }

    function test_verifyInclusion_refusesTheEmptyTree() public view {
        vm.assertFalse(calls.verifyInclusion(0, 0, sha256(""), new bytes32[](0), sha256("")));
    }

    function test_verifyInclusion_refusesAnIndexAtTheSize() public view {
        bytes32[] memory leaves = Tree.grow(1, 8);
        vm.assertFalse(calls.verifyInclusion(8, 8, leaves[7], Tree.inclusion(leaves, 7, 8), Tree.root(leaves, 8)));
    }

    function test_verifyInclusion_climbsTheLargestTree() public view {
        // The last leaf of 2^64 - 1: one left sibling for each of the 63 bits set in its position.
        bytes32[] memory proof = new bytes32[](63);
        bytes32 root = bytes32(uint256(7));
        for (uint256 i = 0; i < proof.length; ++i) {
            proof[i] = bytes32(i);
            root = calls.nodeHash(proof[i], root);
        }
        uint64 last = type(uint64).max - 1;
        vm.assertTrue(calls.verifyInclusion(last, type(uint64).max, bytes32(uint256(7)), proof, root));
    }

    // ------------------------------------------------------------------------------------------------------ consistency

    function test_verifyConsistency_takesEveryPairOfSizes() public view {
        bytes32[] memory leaves = Tree.grow(1, ALL);
        for (uint64 size2 = 2; size2 <= ALL; ++size2) {
            for (uint64 size1 = 1; size1 < size2; ++size1) {
                vm.assertTrue(_consistent(leaves, size1, size2, Tree.consistency(leaves, size1, size2)));
            }
        }
    }

    function test_fuzz_verifyConsistency_takesWhatTheTreeProves(uint64 size1, uint64 size2, uint256 seed) public view {
        size2 = uint64(within(size2, 2, MOST));
        size1 = uint64(within(size1, 1, size2 - 1));
        bytes32[] memory leaves = Tree.grow(seed, size2);
        vm.assertTrue(_consistent(leaves, size1, size2, Tree.consistency(leaves, size1, size2)));
    }

    function test_fuzz_verifyConsistency_refusesAnyBitFlipped(uint64 size1, uint64 size2, uint256 bit) public view {
        size2 = uint64(within(size2, 2, MOST));
        size1 = uint64(within(size1, 1, size2 - 1));
        bytes32[] memory leaves = Tree.grow(1, size2);
        bytes32[] memory proof = Tree.consistency(leaves, size1, size2);
        bytes32[] memory all = Tree.append(Tree.append(proof, Tree.root(leaves, size1)), Tree.root(leaves, size2));
        bit = within(bit, 0, all.length * 256 - 1);
        all[bit / 256] ^= bytes32(2 ** (bit % 256));
        for (uint256 i = 0; i < proof.length; ++i) {
            proof[i] = all[i];
        }
        vm.assertFalse(calls.verifyConsistency(size1, size2, all[all.length - 2], all[all.length - 1], proof));
    }

    function test_fuzz_verifyConsistency_refusesAnyOtherLength(uint64 size1, uint64 size2, uint8 length) public view {
        size2 = uint64(within(size2, 2, MOST));
        size1 = uint64(within(size1, 1, size2 - 1));
        bytes32[] memory leaves = Tree.grow(1, size2);
        bytes32[] memory proof = Tree.consistency(leaves, size1, size2);
        vm.assume(length != proof.length);
        vm.assertFalse(_consistent(leaves, size1, size2, _resized(proof, length, Tree.root(leaves, size2))));
    }

    function test_fuzz_verifyConsistency_refusesAnEntryChanged(uint64 size1, uint64 size2, uint64 index) public view {
        size2 = uint64(within(size2, 2, MOST));
        size1 = uint64(within(size1, 1, size2 - 1));
        index = uint64(within(index, 0, size1 - 1));
        bytes32[] memory leaves = Tree.grow(1, size2);
        bytes32 root1 = Tree.root(leaves, size1);
        leaves[index] = keccak256("another entry");
        bytes32[] memory proof = Tree.consistency(leaves, size1, size2);
        vm.assertFalse(calls.verifyConsistency(size1, size2, root1, Tree.root(leaves, size2), proof));
    }

    function test_fuzz_verifyConsistency_bindsTheOldSize(uint64 size1, uint64 size2, uint64 claimed) public view {
        size2 = uint64(within(size2, 2, MOST));
        size1 = uint64(within(size1, 1, size2 - 1));
        claimed = uint64(within(claimed, 0, size2));
        vm.assume(claimed != size1);
        bytes32[] memory leaves = Tree.grow(1, size2);
        bytes32[] memory proof = Tree.consistency(leaves, size1, size2);
        vm.assertFalse(
            calls.verifyConsistency(claimed, size2, Tree.root(leaves, size1), Tree.root(leaves, size2), proof)
        );
    }

    function test_fuzz_verifyConsistency_neverPanics(
        uint64 size1,
        uint64 size2,
        bytes32 root1,
        bytes32 root2,
        bytes32[] calldata proof
    ) public view {
        vm.assertFalse(calls.verifyConsistency(size1, size2, root1, root2, proof));
    }

    function test_verifyConsistency_refusesSizeZero() public view {
        bytes32[] memory leaves = Tree.grow(1, 2);
        vm.assertFalse(calls.verifyConsistency(0, 2, sha256(""), Tree.root(leaves, 2), leaves));
    }

    function test_verifyConsistency_refusesEqualSizes() public view {
        bytes32[] memory leaves = Tree.grow(1, 8);
        bytes32 root = Tree.root(leaves, 8);
        vm.assertFalse(calls.verifyConsistency(8, 8, root, root, new bytes32[](0)));
        vm.assertFalse(calls.verifyConsistency(8, 8, root, root, Tree.append(new bytes32[](0), root)));
    }

    function test_verifyConsistency_refusesToShrink() public view {
        bytes32[] memory leaves = Tree.grow(1, 8);
        bytes32[] memory proof = Tree.consistency(leaves, 6, 8);
        vm.assertFalse(calls.verifyConsistency(8, 6, Tree.root(leaves, 8), Tree.root(leaves, 6), proof));
    }

    function test_verifyConsistency_refusesNoProof() public view {
        bytes32[] memory leaves = Tree.grow(1, 8);
        vm.assertFalse(_consistent(leaves, 4, 8, new bytes32[](0)));
        vm.assertFalse(_consistent(leaves, 6, 8, new bytes32[](0)));
    }

    function test_verifyConsistency_doesNotBindTheNewSize() public view {
        // The limit that the audit makes good: this proof holds for 7 as well as for 8.
        bytes32[] memory leaves = Tree.grow(1, 8);
        bytes32[] memory proof = Tree.consistency(leaves, 6, 8);
        vm.assertTrue(calls.verifyConsistency(6, 7, Tree.root(leaves, 6), Tree.root(leaves, 8), proof));
    }

    function _consistent(bytes32[] memory leaves, uint64 size1, uint64 size2, bytes32[] memory proof)
        private
        view
        returns (bool)
    {
        return calls.verifyConsistency(size1, size2, Tree.root(leaves, size1), Tree.root(leaves, size2), proof);
    }

    function _resized(bytes32[] memory proof, uint256 length, bytes32 filler)
        private
        pure
        returns (bytes32[] memory out)
    {
        out = new bytes32[](length);
        for (uint256 i = 0; i < length; ++i) {
            out[i] = i < proof.length ? proof[i] : filler;
        }
    }
}
