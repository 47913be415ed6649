// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILegalLedger} from "../../src/ILegalLedger.sol";
import {LegalLedger} from "../../src/LegalLedger.sol";
import {Rfc9162Calls} from "../Rfc9162Calls.sol";
import {vm} from "../Vm.sol";
import {Steps} from "./Steps.sol";

/// @dev What these proofs use of halmos.
interface Svm {
    function createAddress(string calldata name) external returns (address);
    function createBytes32(string calldata name) external returns (bytes32);
    function createUint256(string calldata name) external returns (uint256);
    function createCalldata(string calldata contractName) external returns (bytes memory);
    function enableSymbolicStorage(address target) external;
}

Svm constant svm = Svm(address(uint160(uint256(keccak256("svm cheat code")))));

/// @dev Shown by halmos for all inputs at once, on the bytecode with the artifact's settings, for proofs of up to two hashes.
///      The ledger's storage is arbitrary, reachable or not; `_anyCall` is any function with any arguments, by anyone, that is
///      not refused. SHA-256 may be any function at all: nothing here rests on its strength.
contract LedgerProofs {
    LegalLedger private ledger;

    function setUp() public {
        ledger = new LegalLedger(address(0xA0));
        svm.enableSymbolicStorage(address(ledger));
    }

    function check_checkpoint_isWrittenOnce(bytes32 logId, bytes32 root) public {
        ILegalLedger.Checkpoint memory before = ledger.checkpoint(logId, root);
        vm.assume(before.size != 0);
        _anyCall();
        assert(keccak256(abi.encode(ledger.checkpoint(logId, root))) == keccak256(abi.encode(before)));
    }

    function check_head_movesByTheOperatorAlone(bytes32 logId) public {
        (,, bytes32 root,) = ledger.head(logId);
        (address operator,) = ledger.operatorOf(logId);
        address caller = _anyCall();
        (,, bytes32 newRoot,) = ledger.head(logId);
        assert(newRoot == root || caller == operator);
    }

    function check_head_sizeNeverFalls(bytes32 logId) public {
        (, uint64 size, bytes32 root,) = ledger.head(logId);
        vm.assume((root == 0) == (size == 0));
        _anyCall();
        (, uint64 newSize, bytes32 newRoot,) = ledger.head(logId);
        assert(newRoot == root ? newSize == size : newSize > size);
    }

    function check_head_movesToTheNextIndexAndPointsBack(bytes32 logId) public {
        (uint64 count, uint64 size, bytes32 root,) = ledger.head(logId);
        vm.assume(root != 0 && size != 0);
        uint48 lastBlock = ledger.checkpoint(logId, root).blockNumber;
        _anyCall();
        (uint64 newCount,, bytes32 newRoot,) = ledger.head(logId);
        if (newRoot == root) {
            assert(newCount == count);
        } else {
            assert(newCount == count + 1);
            assert(ledger.checkpoint(logId, newRoot).previousBlock == lastBlock);
        }
    }

    function check_operator_changesByItsOwnAcceptanceAlone(bytes32 logId) public {
        (address operator, address proposed) = ledger.operatorOf(logId);
        vm.assume(operator != address(0));
        address caller = _anyCall();
        (address newOperator,) = ledger.operatorOf(logId);
        assert(newOperator == operator || (newOperator == proposed && caller == proposed));
    }

    function check_operator_isProposedByTheOwnerAlone(bytes32 logId) public {
        (, address proposed) = ledger.operatorOf(logId);
        address owner = ledger.owner();
        address caller = _anyCall();
        (address newOperator, address newProposed) = ledger.operatorOf(logId);
        bool accepted = newProposed == address(0) && newOperator == proposed && caller == proposed;
        assert(newProposed == proposed || caller == owner || accepted);
    }

    function check_revocation_isWrittenOnce(bytes32 logId, bytes32 commitment) public {
        (uint8 reason, uint64 time) = ledger.revocation(logId, commitment);
        vm.assume(reason != 0);
        _anyCall();
        (uint8 newReason, uint64 newTime) = ledger.revocation(logId, commitment);
        assert(newReason == reason && newTime == time);
    }

    function check_revocation_isWrittenByTheOperatorAlone(bytes32 logId, bytes32 commitment) public {
        (uint8 reason,) = ledger.revocation(logId, commitment);
        (address operator,) = ledger.operatorOf(logId);
        address caller = _anyCall();
        (uint8 newReason,) = ledger.revocation(logId, commitment);
        assert(newReason == reason || (caller == operator && newReason != 0));
    }

    function check_cosignature_staysAndIsTheWitnesssOwn(bytes32 logId, uint64 index, address witness) public {
        bool before = ledger.hasCosigned(logId, index, witness);
        bool named = ledger.isWitness(logId, witness);
        address caller = _anyCall();
        bool later = ledger.hasCosigned(logId, index, witness);
        assert(later == before || (later && caller == witness && named));
    }

    function check_cosign_takesACheckpointThatExists(bytes32 logId, uint64 index, bytes32 root) public {
        _as(svm.createAddress("caller"), abi.encodeCall(ledger.cosign, (logId, index, root)));
        ILegalLedger.Checkpoint memory cosigned = ledger.checkpoint(logId, root);
        assert(cosigned.size != 0 && cosigned.index == index);
    }

    function check_witness_isNamedByTheOwnerAlone(bytes32 logId, address witness) public {
        bool named = ledger.isWitness(logId, witness);
        address owner = ledger.owner();
        address caller = _anyCall();
        assert(ledger.isWitness(logId, witness) == named || caller == owner);
    }

    function check_owner_changesByAcceptanceAndIsNeverNone() public {
        address owner = ledger.owner();
        address pending = ledger.pendingOwner();
        vm.assume(owner != address(0));
        address caller = _anyCall();
        address newOwner = ledger.owner();
        assert(newOwner != address(0));
        assert(newOwner == owner || (newOwner == pending && caller == pending));
    }

    function check_log_isOpenedByTheOwnerAndForGood(bytes32 logId) public {
        (address operator,) = ledger.operatorOf(logId);
        address owner = ledger.owner();
        address caller = _anyCall();
        (address newOperator,) = ledger.operatorOf(logId);
        assert(operator == address(0) ? newOperator == address(0) || caller == owner : newOperator != address(0));
    }

    /// @dev `key` and `witness` stand for every root, commitment and account of the log that was not called.
    function check_log_isUntouchedByCallsOnAnother(bytes32 logId, bytes32 key, uint64 index, address witness) public {
        bytes32 before = _seen(logId, key, index, witness);
        bytes32 called = svm.createBytes32("called");
        vm.assume(called != logId);
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = svm.createBytes32("proof");
        bytes32 word = svm.createBytes32("word");
        uint256 number = svm.createUint256("number");
        uint256 which = svm.createUint256("which");
        bytes memory data;
        if (which == 0) {
            uint64 oldSize = uint64(svm.createUint256("oldSize"));
            data = abi.encodeCall(ledger.append, (called, oldSize, uint64(number), word, proof));
        } else if (which == 1) {
            data = abi.encodeCall(ledger.revoke, (called, word, uint8(number)));
        } else if (which == 2) {
            data = abi.encodeCall(ledger.cosign, (called, uint64(number), word));
        } else if (which == 3) {
            data = abi.encodeCall(ledger.setWitness, (called, address(uint160(number)), word != 0));
        } else if (which == 4) {
            data = abi.encodeCall(ledger.proposeOperator, (called, address(uint160(number))));
        } else {
            data = abi.encodeCall(ledger.acceptOperator, (called));
        }
        _as(svm.createAddress("caller"), data);
        assert(_seen(logId, key, index, witness) == before);
    }

    function check_ether_isNeverTaken(uint128 amount) public {
        vm.assume(amount > 0);
        address caller = svm.createAddress("caller");
        bytes memory data = svm.createCalldata("LegalLedger");
        vm.deal(caller, amount);
        vm.prank(caller);
        (bool done,) = address(ledger).call{value: amount}(data);
        assert(!done);
    }

    /// @dev Must fail: otherwise the proofs above would look at no accepted `append` at all.
    function canary_head_neverMoves(bytes32 logId) public {
        (, uint64 size, bytes32 root,) = ledger.head(logId);
        vm.assume(root != 0 && size != 0);
        _anyCall();
        (,, bytes32 newRoot,) = ledger.head(logId);
        assert(newRoot == root);
    }

    function _anyCall() private returns (address caller) {
        caller = svm.createAddress("caller");
        _as(caller, svm.createCalldata("LegalLedger"));
    }

    function _as(address caller, bytes memory data) private {
        // Nobody has the key of address 0.
        vm.assume(caller != address(0));
        vm.prank(caller);
        (bool done,) = address(ledger).call(data);
        vm.assume(done);
    }

    function _seen(bytes32 logId, bytes32 key, uint64 index, address witness) private view returns (bytes32) {
        (, uint64 size, bytes32 root,) = ledger.head(logId);
        (address operator, address proposed) = ledger.operatorOf(logId);
        (uint8 reason, uint64 time) = ledger.revocation(logId, key);
        ILegalLedger.Checkpoint memory kept = ledger.checkpoint(logId, key);
        bool named = ledger.isWitness(logId, witness);
        bool cosigned = ledger.hasCosigned(logId, index, witness);
        return keccak256(abi.encode(size, root, operator, proposed, reason, time, kept, named, cosigned));
    }
}

/// @dev The library gives what the numbered steps of RFC 9162 give, whatever the hashes are, for all sizes and lengths up to
///      the bounds.
contract LibraryProofs {
    uint256 private constant MOST_LEAVES = 9;
    uint256 private constant MOST_HASHES = 6;

    Rfc9162Calls private calls;

    function setUp() public {
        calls = new Rfc9162Calls();
    }

    function check_nodeHash_isSha256OfTheNode(bytes32 left, bytes32 right) public view {
        assert(calls.nodeHash(left, right) == Steps.hash(left, right));
    }

    function check_verifyConsistency_agreesWithTheSteps(uint256 first, uint256 second, uint256 length) public {
        (first, second) = (_each(first, MOST_LEAVES), _each(second, MOST_LEAVES));
        vm.assume(first > 0 && first < second);
        bytes32[] memory proof = _hashes(_each(length, MOST_HASHES));
        (bytes32 root1, bytes32 root2) = (svm.createBytes32("root1"), svm.createBytes32("root2"));
        bool ours = calls.verifyConsistency(uint64(first), uint64(second), root1, root2, proof);
        assert(ours == Steps.verifyConsistency(first, second, root1, root2, proof));
    }

    function check_verifyInclusion_agreesWithTheSteps(uint256 index, uint256 size, uint256 length) public {
        (index, size) = (_each(index, MOST_LEAVES), _each(size, MOST_LEAVES));
        vm.assume(size > 0);
        bytes32[] memory proof = _hashes(_each(length, MOST_HASHES));
        (bytes32 leaf, bytes32 root) = (svm.createBytes32("leaf"), svm.createBytes32("root"));
        bool ours = calls.verifyInclusion(uint64(index), uint64(size), leaf, proof, root);
        assert(ours == Steps.verifyInclusion(index, size, leaf, proof, root));
    }

    /// @dev Must fail: otherwise no proof would be accepted where the two are compared.
    function canary_verifyConsistency_isNeverTrue(uint256 first, uint256 second) public {
        (first, second) = (_each(first, MOST_LEAVES), _each(second, MOST_LEAVES));
        vm.assume(first > 0 && first < second);
        bytes32[] memory proof = _hashes(3);
        (bytes32 root1, bytes32 root2) = (svm.createBytes32("root1"), svm.createBytes32("root2"));
        assert(!calls.verifyConsistency(uint64(first), uint64(second), root1, root2, proof));
    }

    /// @dev Splits a symbolic number into one path for each value from 0 to `most`.
    function _each(uint256 number, uint256 most) private pure returns (uint256) {
        for (uint256 i = 0; i <= most; ++i) {
            if (number == i) return i;
        }
        vm.assume(false);
        return 0;
    }

    function _hashes(uint256 count) private returns (bytes32[] memory list) {
        list = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            list[i] = svm.createBytes32("hash");
        }
    }
}
