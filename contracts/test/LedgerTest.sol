// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILegalLedger} from "../src/ILegalLedger.sol";
import {LegalLedger} from "../src/LegalLedger.sol";
import {Tree} from "./Tree.sol";
import {codeOr, create, vm} from "./Vm.sol";

/// @dev A ledger with one open log, and the people around it.
abstract contract LedgerTest {
    address internal constant OWNER = address(0xA11CE);
    address internal constant OPERATOR = address(0x0B0B);
    address internal constant SUCCESSOR = address(0x50CC);
    address internal constant WITNESS = address(0x3177);
    address internal constant STRANGER = address(0xBAD);

    string internal constant ORIGIN = "test.example/log";
    bytes32 internal constant NO_LOG = bytes32(uint256(404));
    bytes32 internal constant COMMITMENT = keccak256("some entry");
    uint256 internal constant SEED = 1;

    LegalLedger internal ledger;
    bytes32 internal logId;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        vm.roll(1_000);
        ledger = _deploy(OWNER);
        logId = _open(ORIGIN, OPERATOR);
    }

    /// @dev A ledger compiled from the sources, or the one in the artifact that LEDGER_ARTIFACT names.
    function _deploy(address owner) internal returns (LegalLedger) {
        bytes memory code = codeOr(".bytecode", type(LegalLedger).creationCode);
        return LegalLedger(create(bytes.concat(code, abi.encode(owner))));
    }

    function _open(string memory origin, address operator) internal returns (bytes32) {
        vm.prank(OWNER);
        return ledger.openLog(origin, operator);
    }

    /// @dev Anchors the tree of `SEED` with so many leaves as the first checkpoint of the log.
    function _begin(uint64 size) internal returns (bytes32 root) {
        root = Tree.root(Tree.grow(SEED, size), size);
        vm.prank(OPERATOR);
        ledger.append(logId, 0, size, root, _none());
    }

    /// @dev Anchors the tree of `SEED` with `size2` leaves after that with `size1`.
    function _extend(uint64 size1, uint64 size2) internal returns (bytes32 root) {
        bytes32[] memory leaves = Tree.grow(SEED, size2);
        root = Tree.root(leaves, size2);
        bytes32[] memory proof = Tree.consistency(leaves, size1, size2);
        vm.prank(OPERATOR);
        ledger.append(logId, size1, size2, root, proof);
    }

    function _head() internal view returns (bytes memory) {
        (uint64 count, uint64 size, bytes32 root, uint64 time) = ledger.head(logId);
        return abi.encode(count, size, root, time);
    }

    function _none() internal pure returns (bytes32[] memory) {
        return new bytes32[](0);
    }

    /// @dev The next call must revert with exactly this.
    function _refused(bytes memory refusal) internal {
        vm.expectRevert(refusal);
    }

    /// @dev The next call must emit exactly the event that the test emits after this.
    function _emitted() internal {
        vm.expectEmit(true, true, true, true, address(ledger));
    }
}
