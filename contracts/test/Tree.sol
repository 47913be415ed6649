// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev The tree and its proofs by the recursive definitions of RFC 9162 §2.1, with the compiler's own SHA-256: slow, and
///      sharing nothing with the code under test. D[start:end] is (start, end) of `leaves`.
library Tree {
    /// @dev Leaves of a log whose entry i is the SHA-256 of (seed, i).
    function grow(uint256 seed, uint256 size) internal pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](size);
        for (uint256 i = 0; i < size; ++i) {
            leaves[i] = leaf(entry(seed, i));
        }
    }

    function entry(uint256 seed, uint256 i) internal pure returns (bytes32) {
        return sha256(abi.encode(seed, i));
    }

    function leaf(bytes32 logEntry) internal pure returns (bytes32) {
        return sha256(bytes.concat(hex"00", logEntry));
    }

    function root(bytes32[] memory leaves, uint256 size) internal pure returns (bytes32) {
        return hash(leaves, 0, size);
    }

    /// @dev MTH(D[start:end]), §2.1.1.
    function hash(bytes32[] memory leaves, uint256 start, uint256 end) internal pure returns (bytes32) {
        if (start == end) return sha256("");
        if (end - start == 1) return leaves[start];
        uint256 middle = start + split(end - start);
        return sha256(bytes.concat(hex"01", hash(leaves, start, middle), hash(leaves, middle, end)));
    }

    /// @dev PATH(index, D[0:size]), §2.1.3.1.
    function inclusion(bytes32[] memory leaves, uint256 index, uint256 size) internal pure returns (bytes32[] memory) {
        return path(leaves, index, 0, size);
    }

    function path(bytes32[] memory leaves, uint256 index, uint256 start, uint256 end)
        private
        pure
        returns (bytes32[] memory)
    {
        if (end - start == 1) return new bytes32[](0);
        uint256 middle = start + split(end - start);
        return index < middle
            ? append(path(leaves, index, start, middle), hash(leaves, middle, end))
            : append(path(leaves, index, middle, end), hash(leaves, start, middle));
    }

    /// @dev PROOF(size1, D[0:size2]), §2.1.4.1; empty where that is not defined.
    function consistency(bytes32[] memory leaves, uint256 size1, uint256 size2)
        internal
        pure
        returns (bytes32[] memory)
    {
        if (size1 == 0 || size1 == size2) return new bytes32[](0);
        return subproof(leaves, size1, 0, size2, true);
    }

    function subproof(bytes32[] memory leaves, uint256 size1, uint256 start, uint256 end, bool known)
        private
        pure
        returns (bytes32[] memory)
    {
        if (size1 == end) return known ? new bytes32[](0) : append(new bytes32[](0), hash(leaves, start, end));
        uint256 middle = start + split(end - start);
        return size1 <= middle
            ? append(subproof(leaves, size1, start, middle, known), hash(leaves, middle, end))
            : append(subproof(leaves, size1, middle, end, false), hash(leaves, start, middle));
    }

    /// @dev The largest power of two below `n`, for n >= 2.
    function split(uint256 n) internal pure returns (uint256 k) {
        for (k = 1; k * 2 < n; k *= 2) {}
    }

    function append(bytes32[] memory list, bytes32 last) internal pure returns (bytes32[] memory longer) {
        longer = new bytes32[](list.length + 1);
        for (uint256 i = 0; i < list.length; ++i) {
            longer[i] = list[i];
        }
        longer[list.length] = last;
    }
}
