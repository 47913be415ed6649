// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILegalLedger} from "../src/ILegalLedger.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {vm} from "./Vm.sol";

/// @dev The public vectors of tests/vectors: the same files are read by the Python tests.
contract VectorsTest is LedgerTest {
    struct Vector {
        string name;
        uint64 head_size;
        bytes32 head_root;
        bytes call;
        bool accepted;
        bytes answer;
    }

    string private constant VECTOR =
        "Vector(string name,uint64 head_size,bytes32 head_root,bytes call,bool accepted,bytes answer)";

    function test_append_answersAsTheVectorsSay() public {
        Vector[] memory vectors = _read("../tests/vectors/evm_consistency.json");
        for (uint256 i = 0; i < vectors.length; ++i) {
            (bool accepted, bytes memory answer) = _called(vectors[i]);
            vm.assertTrue(accepted == vectors[i].accepted, vectors[i].name);
            vm.assertEq(answer, vectors[i].answer, vectors[i].name);
        }
        vm.assertTrue(vectors.length > 300);
    }

    function test_verifyEntry_answersAsTheVectorsSay() public {
        Vector[] memory vectors = _read("../tests/vectors/evm_inclusion.json");
        for (uint256 i = 0; i < vectors.length; ++i) {
            (bool accepted, bytes memory answer) = _called(vectors[i]);
            vm.assertTrue(accepted == vectors[i].accepted, vectors[i].name);
            if (accepted) {
                (ILegalLedger.Checkpoint memory anchored, uint8 reason, uint64 time) =
                    abi.decode(answer, (ILegalLedger.Checkpoint, uint8, uint64));
                vm.assertEq(abi.encode(anchored.size, reason, time), abi.encode(vectors[i].head_size, 0, 0));
            } else {
                vm.assertEq(answer, vectors[i].answer, vectors[i].name);
            }
        }
        vm.assertTrue(vectors.length > 150);
    }

    /// @dev The call on a ledger of its own, whose log has the vector's head.
    function _called(Vector memory vector) private returns (bool, bytes memory) {
        ledger = _deploy(OWNER);
        logId = _open("vectors.example/log", OPERATOR);
        if (vector.head_size != 0) {
            vm.prank(OPERATOR);
            ledger.append(logId, 0, vector.head_size, vector.head_root, _none());
        }
        vm.prank(OPERATOR);
        return address(ledger).call(vector.call);
    }

    function _read(string memory path) private view returns (Vector[] memory) {
        return abi.decode(vm.parseJsonTypeArray(vm.readFile(path), ".cases", VECTOR), (Vector[]));
    }
}
