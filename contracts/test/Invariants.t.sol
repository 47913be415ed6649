// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILegalLedger} from "../src/ILegalLedger.sol";
import {Handler} from "./Handler.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {Rfc9162Calls, newCalls} from "./Rfc9162Calls.sol";
import {Tree} from "./Tree.sol";
import {vm} from "./Vm.sol";

/// @dev What holds after any sequence of actions on two logs by six people.
contract InvariantsTest is LedgerTest {
    Handler private handler;
    Rfc9162Calls private calls;

    function setUp() public override {
        vm.warp(1_800_000_000);
        vm.roll(1_000);
        address owner = address(0xA0);
        ledger = _deploy(owner);
        vm.prank(owner);
        bytes32 a = ledger.openLog("test.example/a", address(0xA1));
        vm.prank(owner);
        bytes32 b = ledger.openLog("test.example/b", address(0xA2));
        handler = new Handler(ledger, owner, [a, b], [address(0xA1), address(0xA2)]);
        calls = newCalls();
    }

    /// @dev Read by forge: the campaign calls the handler and nothing else.
    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_sizeNeverFalls() public view {
        for (uint256 which = 0; which < 2; ++which) {
            uint64[] memory sizes = handler.sizes(which);
            (, uint64 size,,) = ledger.head(handler.logId(which));
            vm.assertEq(size, sizes.length == 0 ? 0 : sizes[sizes.length - 1]);
            for (uint256 i = 1; i < sizes.length; ++i) {
                vm.assertTrue(sizes[i - 1] < sizes[i]);
            }
        }
    }

    function invariant_storedCheckpointNeverChanges() public view {
        for (uint256 which = 0; which < 2; ++which) {
            bytes32[] memory roots = handler.roots(which);
            for (uint256 i = 0; i < roots.length; ++i) {
                bytes memory stored = abi.encode(ledger.checkpoint(handler.logId(which), roots[i]));
                vm.assertEq(stored, handler.checkpoint(which, roots[i]));
            }
        }
    }

    function invariant_everyLaterRootExtendsEveryEarlierOne() public view {
        for (uint256 which = 0; which < 2; ++which) {
            bytes32[] memory roots = handler.roots(which);
            if (roots.length < 2) continue;
            // With the newest compared after each action, every pair is compared once in a run.
            uint256 last = roots.length - 1;
            uint64[] memory sizes = handler.sizes(which);
            bytes32[] memory leaves = Tree.grow(which + 1, sizes[last]);
            for (uint256 i = 0; i < last; ++i) {
                bytes32[] memory proof = Tree.consistency(leaves, sizes[i], sizes[last]);
                vm.assertTrue(calls.verifyConsistency(sizes[i], sizes[last], roots[i], roots[last], proof));
            }
        }
    }

    function invariant_everyEntryStaysProvable() public view {
        for (uint256 which = 0; which < 2; ++which) {
            bytes32[] memory roots = handler.roots(which);
            if (roots.length == 0) continue;
            uint64[] memory sizes = handler.sizes(which);
            bytes32[] memory leaves = Tree.grow(which + 1, sizes[0]);
            uint64 index = sizes[0] - 1;
            ledger.verifyEntry(
                handler.logId(which),
                roots[0],
                Tree.entry(which + 1, index),
                index,
                Tree.inclusion(leaves, index, sizes[0])
            );
        }
    }

    function invariant_headIsTheLastCheckpoint() public view {
        for (uint256 which = 0; which < 2; ++which) {
            bytes32[] memory roots = handler.roots(which);
            (uint64 count, uint64 size, bytes32 root, uint64 time) = ledger.head(handler.logId(which));
            vm.assertEq(count, roots.length);
            if (roots.length == 0) {
                vm.assertEq(abi.encode(size, root, time), abi.encode(0, 0, 0));
                continue;
            }
            ILegalLedger.Checkpoint memory last = ledger.checkpoint(handler.logId(which), root);
            vm.assertEq(root, roots[roots.length - 1]);
            vm.assertEq(abi.encode(size, time), abi.encode(last.size, last.time));
        }
    }

    function invariant_indexesHaveNoGapAndPointBack() public view {
        for (uint256 which = 0; which < 2; ++which) {
            bytes32[] memory roots = handler.roots(which);
            uint48 previousBlock = 0;
            for (uint256 i = 0; i < roots.length; ++i) {
                ILegalLedger.Checkpoint memory stored = ledger.checkpoint(handler.logId(which), roots[i]);
                vm.assertEq(stored.index, i);
                vm.assertEq(stored.previousBlock, previousBlock);
                vm.assertLe(previousBlock, stored.blockNumber);
                previousBlock = stored.blockNumber;
            }
        }
    }

    function invariant_operatorChangesOnlyByAcceptance() public view {
        for (uint256 which = 0; which < 2; ++which) {
            (address current, address proposed) = ledger.operatorOf(handler.logId(which));
            (address expected, address expectedProposed) = handler.operators(which);
            vm.assertEq(abi.encode(current, proposed), abi.encode(expected, expectedProposed));
            vm.assertTrue(current != address(0));
        }
    }

    function invariant_revocationIsWrittenOnce() public view {
        for (uint256 which = 0; which < 2; ++which) {
            for (uint256 i = 0; i < handler.ENTRIES(); ++i) {
                bytes32 commitment = handler.entry(i);
                (uint8 reason, uint64 time) = ledger.revocation(handler.logId(which), commitment);
                vm.assertEq(abi.encode(reason, time), handler.revocation(which, commitment));
            }
        }
    }

    function invariant_cosignaturesAreThoseOfWitnessesForCheckpointsThatExist() public view {
        for (uint256 which = 0; which < 2; ++which) {
            uint256 count = handler.roots(which).length;
            for (uint64 index = 0; index < count + 2; ++index) {
                for (uint256 i = 0; i < handler.ACTORS(); ++i) {
                    bool cosigned = ledger.hasCosigned(handler.logId(which), index, handler.actor(i));
                    vm.assertTrue(cosigned == handler.cosigned(which, index, handler.actor(i)));
                    vm.assertFalse(cosigned && index >= count);
                }
            }
        }
    }

    function invariant_witnessesAreThoseTheOwnerNamed() public view {
        for (uint256 which = 0; which < 2; ++which) {
            for (uint256 i = 0; i < handler.ACTORS(); ++i) {
                address account = handler.actor(i);
                vm.assertTrue(ledger.isWitness(handler.logId(which), account) == handler.witness(which, account));
            }
        }
    }

    function invariant_ownerIsHandedOverAndNeverNone() public view {
        vm.assertEq(ledger.owner(), handler.owner());
        vm.assertEq(ledger.pendingOwner(), handler.pendingOwner());
        vm.assertTrue(ledger.owner() != address(0));
    }

    function invariant_holdsNoEther() public view {
        vm.assertEq(address(ledger).balance, 0);
    }

    /// @dev An invariant that nothing was done to proves nothing: the handler's actions can all be taken.
    function test_handler_reachesEveryAction() public {
        handler.append(1, 0, 5);
        handler.append(1, 0, 3);
        handler.revoke(1, 0, 0, 2);
        handler.setWitness(0, 0, 3, true);
        handler.cosign(3, 0, 1, 1);
        handler.proposeOperator(0, 0, 4);
        handler.acceptOperator(4, 0);
        handler.transferOwnership(0, 5);
        handler.acceptOwnership(5);
        string[8] memory actions = [
            "append",
            "revoke",
            "setWitness",
            "cosign",
            "proposeOperator",
            "acceptOperator",
            "transferOwnership",
            "acceptOwnership"
        ];
        for (uint256 i = 0; i < actions.length; ++i) {
            vm.assertTrue(handler.taken(actions[i]) > 0, actions[i]);
        }
    }
}
