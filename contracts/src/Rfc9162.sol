// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Proofs of an RFC 9162 Merkle tree over SHA-256
/// @dev Trees and proofs here are ordered: a proof library for sorted pairs cannot check them. Every function is total: bad
///      input gives false, never a panic. Bounding the length of a proof is the caller's part.
library Rfc9162 {
    /// @notice The chain has no working SHA-256 precompile at address 2, or the gas ran out inside it.
    error Sha256Unavailable();

    /// @notice SHA-256(0x00 ‖ entry), RFC 9162 §2.1.1.
    function leafHash(bytes32 entry) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x00), entry));
    }

    /// @notice SHA-256(0x01 ‖ left ‖ right), RFC 9162 §2.1.1.
    function nodeHash(bytes32 left, bytes32 right) internal view returns (bytes32 node) {
        // The compiler's own `sha256(abi.encodePacked(…))` costs about twice this and leaves a new copy in memory each time.
        // Memory-safe: it uses the scratch space and the 96 bytes after the free memory pointer, which it does not move. The
        // 0x01 is the last byte of the first word, so the 65 bytes to hash begin at offset 31. `and` evaluates its right side
        // first, so `returndatasize` is that of this call: an account without code would succeed and return nothing.
        bool answered;
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore(buffer, 0x01)
            mstore(add(buffer, 0x20), left)
            mstore(add(buffer, 0x40), right)
            answered := and(eq(returndatasize(), 0x20), staticcall(gas(), 0x02, add(buffer, 0x1f), 0x41, 0x00, 0x20))
            node := mload(0x00)
        }
        if (!answered) revert Sha256Unavailable();
    }

    /// @notice Whether `proof` shows `leaf` at `index` of the tree (`size`, `root`). RFC 9162 §2.1.3.2, with its step numbers.
    /// @dev The proof binds neither index nor size on its own: several pairs of them have the same shape of path.
    function verifyInclusion(uint64 index, uint64 size, bytes32 leaf, bytes32[] calldata proof, bytes32 root)
        internal
        view
        returns (bool)
    {
        // 1. the index is in the tree
        if (index >= size) return false;
        // 2, 3. start at the leaf
        uint256 fn = index;
        uint256 sn = size - 1;
        bytes32 r = leaf;
        // 4. climb along the path
        for (uint256 i = 0; i < proof.length; ++i) {
            if (sn == 0) return false;
            bytes32 p = proof[i];
            if (fn & 1 == 1 || fn == sn) {
                r = nodeHash(p, r);
                // fn is not 0 here: fn == sn would make it the root, and sn is not 0
                while (fn & 1 == 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                r = nodeHash(r, p);
            }
            fn >>= 1;
            sn >>= 1;
        }
        // 5. the path ends at the root
        return sn == 0 && r == root;
    }

    /// @notice Whether `proof` shows that the tree (`size2`, `root2`) extends the tree (`size1`, `root1`).
    ///         RFC 9162 §2.1.4.2, with its step numbers, for 0 < `size1` < `size2`; false outside that range.
    /// @dev Sound for the sizes claimed; many proofs also verify with another `size2`.
    function verifyConsistency(uint64 size1, uint64 size2, bytes32 root1, bytes32 root2, bytes32[] calldata proof)
        internal
        view
        returns (bool)
    {
        // 1. an empty path fails
        if (size1 == 0 || size1 >= size2 || proof.length == 0) return false;
        // 3. positions of the last leaves
        uint256 fn = size1 - 1;
        uint256 sn = size2 - 1;
        // 2, 5. a complete old tree is itself the first node; otherwise the path brings it
        uint256 i = 0;
        bytes32 fr = root1;
        if (size1 & fn != 0) fr = proof[i++];
        bytes32 sr = fr;
        // 4. up to the largest complete subtree that ends the old tree
        while (fn & 1 == 1) {
            fn >>= 1;
            sn >>= 1;
        }
        // 6. climb in both trees at once
        for (; i < proof.length; ++i) {
            if (sn == 0) return false;
            bytes32 c = proof[i];
            if (fn & 1 == 1 || fn == sn) {
                fr = nodeHash(c, fr);
                sr = nodeHash(c, sr);
                while (fn & 1 == 0 && fn != 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                sr = nodeHash(sr, c);
            }
            fn >>= 1;
            sn >>= 1;
        }
        // 7. the path ends at both roots
        return sn == 0 && fr == root1 && sr == root2;
    }
}
