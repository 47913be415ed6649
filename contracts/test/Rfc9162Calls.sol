// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Rfc9162} from "../src/Rfc9162.sol";
import {codeOr, create} from "./Vm.sol";

/// @dev The calls compiled from the sources, or those in the artifact that LEDGER_ARTIFACT names.
function newCalls() returns (Rfc9162Calls) {
    return Rfc9162Calls(create(codeOr(".calls_bytecode", type(Rfc9162Calls).creationCode)));
}

/// @dev The library behind calls, so that its proofs lie in call data as they do in the ledger.
contract Rfc9162Calls {
    function leafHash(bytes32 entry) external pure returns (bytes32) {
        return Rfc9162.leafHash(entry);
    }

    function nodeHash(bytes32 left, bytes32 right) external view returns (bytes32) {
        return Rfc9162.nodeHash(left, right);
    }

    function verifyInclusion(uint64 index, uint64 size, bytes32 leaf, bytes32[] calldata proof, bytes32 root)
        external
        view
        returns (bool)
    {
        return Rfc9162.verifyInclusion(index, size, leaf, proof, root);
    }

    function verifyConsistency(uint64 size1, uint64 size2, bytes32 root1, bytes32 root2, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        return Rfc9162.verifyConsistency(size1, size2, root1, root2, proof);
    }

    /// @dev What hashing leaves of memory: the free memory pointer, the zero slot and the word at the pointer's old place + 96.
    function memoryAround(bytes32 left, bytes32 right)
        external
        view
        returns (uint256 moved, bytes32 zero, bytes32 beyond)
    {
        uint256 pointer;
        assembly {
            pointer := mload(0x40)
            mstore(add(pointer, 0x60), not(0))
        }
        Rfc9162.nodeHash(left, right);
        assembly {
            moved := sub(mload(0x40), pointer)
            zero := mload(0x60)
            beyond := mload(add(pointer, 0x60))
        }
    }
}
