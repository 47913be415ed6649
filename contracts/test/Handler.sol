// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILegalLedger} from "../src/ILegalLedger.sol";
import {LegalLedger} from "../src/LegalLedger.sol";
import {Tree} from "./Tree.sol";
import {vm, within} from "./Vm.sol";

/// @dev Does to two logs what anyone might try, honest or not, and keeps a shadow of what ought to come of it. Each action
///      foretells whether the ledger takes it and asserts that it did; a refused action must leave both logs as they were, a
///      taken one the other log.
contract Handler {
    struct Shadow {
        bytes32 logId;
        uint256 seed;
        address operator;
        address proposed;
        uint64 size;
        bytes32[] roots;
        uint64[] sizes;
        mapping(bytes32 root => bytes) checkpoints;
        mapping(address account => bool) witnesses;
        mapping(uint64 index => mapping(address account => address)) cosigned;
        mapping(bytes32 commitment => bytes) revocations;
    }

    uint256 public constant LOGS = 2;
    uint256 public constant ACTORS = 6;
    uint256 public constant ENTRIES = 6;
    /// @dev Keeps each look at everything short.
    uint256 private constant MOST_LEAVES = 64;
    uint256 private constant MOST_CHECKPOINTS = 12;

    LegalLedger public immutable ledger;
    address public owner;
    address public pendingOwner;
    Shadow[LOGS] private shadows;

    /// @dev Taken actions, by name, so that a test can show that the campaign reached them.
    mapping(string action => uint256) public taken;

    constructor(LegalLedger ledger_, address owner_, bytes32[LOGS] memory logIds, address[LOGS] memory first) {
        ledger = ledger_;
        owner = owner_;
        for (uint256 i = 0; i < LOGS; ++i) {
            shadows[i].logId = logIds[i];
            shadows[i].seed = i + 1;
            shadows[i].operator = first[i];
        }
    }

    // ---------------------------------------------------------------------------------------------------------- actions

    /// @dev The next true checkpoint, by anyone.
    function append(uint256 by, uint256 which, uint256 step) external {
        Shadow storage log = shadows[which % LOGS];
        if (log.roots.length == MOST_CHECKPOINTS) return;
        uint64 newSize = uint64(within(step, log.size, log.size + 8));
        if (newSize > MOST_LEAVES) return;
        (bytes32 root, bytes32[] memory proof) = _grown(log, newSize);
        bool allowed = _actor(by) == log.operator && newSize > 0;
        bytes memory call = abi.encodeCall(ledger.append, (log.logId, log.size, newSize, root, proof));
        if (!_does("append", by, which, call, allowed) || newSize == log.size) return;
        log.size = newSize;
        log.roots.push(root);
        log.sizes.push(newSize);
        log.checkpoints[root] = abi.encode(_expected(log, newSize));
    }

    /// @dev The next checkpoint with one thing wrong, mostly by the operator.
    function appendWrong(uint256 by, uint256 which, uint256 step, uint256 flaw, bytes32 noise) external {
        Shadow storage log = shadows[which % LOGS];
        uint64 newSize = uint64(within(step, log.size + 1, log.size + 8));
        (bytes32 root, bytes32[] memory proof) = _grown(log, newSize);
        uint64 oldSize = log.size;
        flaw %= 8;
        if (flaw == 0) root ^= bytes32(uint256(1) << (uint256(noise) % 256));
        if (flaw == 1) oldSize = uint64(within(uint256(noise), oldSize + 1, oldSize + 9));
        if (flaw == 2) newSize = 2 ** 48;
        if (flaw == 3) newSize = oldSize + 2 ** 24 + 1;
        if (flaw == 4) root = 0;
        if (flaw == 5) proof = Tree.append(proof, noise);
        if (flaw == 6) proof = new bytes32[](0);
        if (flaw == 7 && proof.length > 0) proof[uint256(noise) % proof.length] ^= bytes32(uint256(1) << (step % 256));
        // The first checkpoint of a log has nothing to be consistent with: there any root is as good, and no proof is right.
        if (log.size == 0 && (flaw == 0 || flaw == 6 || flaw == 7)) return;
        address sender = by % 4 == 0 ? _actor(by / 4) : log.operator;
        bytes memory call = abi.encodeCall(ledger.append, (log.logId, oldSize, newSize, root, proof));
        _doesAs(sender, "appendWrong", which, call, false);
    }

    function revoke(uint256 by, uint256 which, uint256 entryAt, uint8 reason) external {
        Shadow storage log = shadows[which % LOGS];
        bytes32 commitment = entry(entryAt);
        bool allowed = _actor(by) == log.operator && reason != 0 && log.revocations[commitment].length == 0;
        if (_does("revoke", by, which, abi.encodeCall(ledger.revoke, (log.logId, commitment, reason)), allowed)) {
            log.revocations[commitment] = abi.encode(reason, vm.getBlockTimestamp());
        }
    }

    function cosign(uint256 by, uint256 which, uint64 index, uint256 rootAt) external {
        Shadow storage log = shadows[which % LOGS];
        index %= uint64(MOST_CHECKPOINTS);
        bytes32 root = rootAt % 3 == 0 || index >= log.roots.length ? entry(rootAt) : log.roots[index];
        if (rootAt % 5 == 0 && log.roots.length > 0) root = log.roots[rootAt % log.roots.length];
        bool exists = index < log.roots.length && log.roots[index] == root;
        bool allowed = exists && log.witnesses[_actor(by)] && log.cosigned[index][_actor(by)] == address(0);
        if (_does("cosign", by, which, abi.encodeCall(ledger.cosign, (log.logId, index, root)), allowed)) {
            log.cosigned[index][_actor(by)] = _actor(by);
        }
    }

    function setWitness(uint256 by, uint256 which, uint256 who, bool named) external {
        Shadow storage log = shadows[which % LOGS];
        bytes memory call = abi.encodeCall(ledger.setWitness, (log.logId, _actor(who), named));
        if (_does("setWitness", by, which, call, _actor(by) == owner)) log.witnesses[_actor(who)] = named;
    }

    function proposeOperator(uint256 by, uint256 which, uint256 who) external {
        Shadow storage log = shadows[which % LOGS];
        address proposed = who % 7 == 0 ? address(0) : _actor(who);
        bytes memory call = abi.encodeCall(ledger.proposeOperator, (log.logId, proposed));
        if (_does("proposeOperator", by, which, call, _actor(by) == owner)) log.proposed = proposed;
    }

    function acceptOperator(uint256 by, uint256 which) external {
        Shadow storage log = shadows[which % LOGS];
        bytes memory call = abi.encodeCall(ledger.acceptOperator, (log.logId));
        if (_does("acceptOperator", by, which, call, _actor(by) == log.proposed)) {
            (log.operator, log.proposed) = (_actor(by), address(0));
        }
    }

    function openLogAgain(uint256 by, uint256 which, uint256 who) external {
        string memory origin = which % LOGS == 0 ? "test.example/a" : "test.example/b";
        _does("openLogAgain", by, which, abi.encodeCall(ledger.openLog, (origin, _actor(who))), false);
    }

    function transferOwnership(uint256 by, uint256 who) external {
        bytes memory call = abi.encodeCall(ledger.transferOwnership, (_actor(who)));
        if (_does("transferOwnership", by, 0, call, _actor(by) == owner)) pendingOwner = _actor(who);
    }

    function acceptOwnership(uint256 by) external {
        bytes memory call = abi.encodeCall(ledger.acceptOwnership, ());
        if (_does("acceptOwnership", by, 0, call, _actor(by) == pendingOwner)) {
            (owner, pendingOwner) = (_actor(by), address(0));
        }
    }

    function renounceOwnership(uint256 by) external {
        _does("renounceOwnership", by, 0, abi.encodeCall(ledger.renounceOwnership, ()), false);
    }

    function sendEther(uint256 by, uint96 amount, bytes4 selector) external {
        vm.deal(_actor(by), uint256(amount) + 1);
        vm.prank(_actor(by));
        (bool done,) = address(ledger).call{value: uint256(amount) + 1}(abi.encodePacked(selector, new bytes(320)));
        vm.assertFalse(done);
    }

    function wait(uint32 time, uint32 blocks) external {
        vm.warp(vm.getBlockTimestamp() + time % 1 days);
        vm.roll(vm.getBlockNumber() + blocks % 1_000);
    }

    // --------------------------------------------------------------------------------------------- the shadow, to be read

    function actor(uint256 i) public pure returns (address) {
        return _actor(i);
    }

    function entry(uint256 i) public pure returns (bytes32) {
        return Tree.entry(1 + i % LOGS, i % ENTRIES);
    }

    function logId(uint256 which) external view returns (bytes32) {
        return shadows[which].logId;
    }

    function roots(uint256 which) external view returns (bytes32[] memory) {
        return shadows[which].roots;
    }

    function sizes(uint256 which) external view returns (uint64[] memory) {
        return shadows[which].sizes;
    }

    function operators(uint256 which) external view returns (address, address) {
        return (shadows[which].operator, shadows[which].proposed);
    }

    function checkpoint(uint256 which, bytes32 root) external view returns (bytes memory) {
        return shadows[which].checkpoints[root];
    }

    function witness(uint256 which, address account) external view returns (bool) {
        return shadows[which].witnesses[account];
    }

    function cosigned(uint256 which, uint64 index, address account) external view returns (bool) {
        return shadows[which].cosigned[index][account] != address(0);
    }

    function revocation(uint256 which, bytes32 commitment) external view returns (bytes memory) {
        bytes memory kept = shadows[which].revocations[commitment];
        return kept.length == 0 ? abi.encode(0, 0) : kept;
    }

    // ---------------------------------------------------------------------------------------------------------- the works

    function _does(string memory action, uint256 by, uint256 which, bytes memory call, bool allowed)
        private
        returns (bool)
    {
        return _doesAs(_actor(by), action, which, call, allowed);
    }

    function _doesAs(address sender, string memory action, uint256 which, bytes memory call, bool allowed)
        private
        returns (bool done)
    {
        bytes32 before = _looks(which % LOGS);
        bytes32 otherBefore = _looks(1 - (which % LOGS));
        vm.prank(sender);
        (done,) = address(ledger).call(call);
        vm.assertTrue(done == allowed, string.concat(action, done ? " was taken" : " was refused"));
        vm.assertEq(_looks(1 - (which % LOGS)), otherBefore, string.concat(action, " touched the other log"));
        if (done) ++taken[action];
        else vm.assertEq(_looks(which % LOGS), before, string.concat(action, " was refused and left a trace"));
    }

    /// @dev One hash over everything that can be seen of a log.
    function _looks(uint256 which) private view returns (bytes32 seen) {
        Shadow storage log = shadows[which];
        {
            (uint64 count, uint64 size, bytes32 root, uint64 time) = ledger.head(log.logId);
            (address current, address proposed) = ledger.operatorOf(log.logId);
            seen = keccak256(abi.encode(count, size, root, time, current, proposed));
        }
        for (uint256 i = 0; i < log.roots.length; ++i) {
            seen = keccak256(abi.encode(seen, ledger.checkpoint(log.logId, log.roots[i])));
        }
        for (uint256 i = 0; i < ENTRIES; ++i) {
            (uint8 reason, uint64 time) = ledger.revocation(log.logId, entry(i));
            seen = keccak256(abi.encode(seen, reason, time));
        }
        for (uint256 i = 0; i < ACTORS; ++i) {
            seen = keccak256(abi.encode(seen, ledger.isWitness(log.logId, _actor(i))));
            for (uint64 j = 0; j < log.roots.length; ++j) {
                seen = keccak256(abi.encode(seen, ledger.hasCosigned(log.logId, j, _actor(i))));
            }
        }
    }

    function _expected(Shadow storage log, uint64 size) private view returns (ILegalLedger.Checkpoint memory) {
        uint256 index = log.roots.length - 1;
        uint48 previousBlock = 0;
        if (index > 0) {
            bytes memory last = log.checkpoints[log.roots[index - 1]];
            previousBlock = abi.decode(last, (ILegalLedger.Checkpoint)).blockNumber;
        }
        return ILegalLedger.Checkpoint({
            index: uint32(index),
            size: uint48(size),
            time: uint40(vm.getBlockTimestamp()),
            blockNumber: uint48(vm.getBlockNumber()),
            previousBlock: previousBlock
        });
    }

    function _grown(Shadow storage log, uint64 newSize) private view returns (bytes32, bytes32[] memory) {
        bytes32[] memory leaves = Tree.grow(log.seed, newSize);
        return (Tree.root(leaves, newSize), Tree.consistency(leaves, log.size, newSize));
    }

    function _actor(uint256 i) private pure returns (address) {
        return address(uint160(0xA0 + i % ACTORS));
    }
}
