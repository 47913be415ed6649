// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Proofs of an RFC 9162 Merkle tree over SHA-256
/// @dev Trees and proofs here are ordered: a library for sorted pairs cannot check them. The verifiers are total: bad input
///      gives false, never a panic. Bounding the length of a proof is the caller's part.
///
///      Both climb from the last leaf of the smaller tree, at position `fn` of its level, beside the last leaf of the larger
///      tree, at `sn`. Where `fn` and `sn` differ the node has a sibling on either side, and the lowest bit of `fn` says on
///      which. Once they are equal the node lies on the right edge, where there are left siblings only, one for each bit set in
///      `fn`. That is the loop of RFC 9162 §2.1.3.2 and §2.1.4.2 cut in two where its second condition begins to hold.
library Rfc9162 {
    /// @notice The chain has no working SHA-256 precompile at address 2, or the gas ran out inside it.
    error Sha256Unavailable();

    /// @notice SHA-256(0x00 ‖ entry), RFC 9162 §2.1.1.
    function leafHash(bytes32 entry) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x00), entry));
    }

    /// @notice SHA-256(0x01 ‖ left ‖ right), RFC 9162 §2.1.1.
    function nodeHash(bytes32 left, bytes32 right) internal view returns (bytes32 node) {
        bool answered;
        // The compiler's own `sha256(abi.encodePacked(…))` costs more than twice this and leaves a copy in memory each time.
        // Memory-safe: it uses the scratch space and the 96 bytes after the free memory pointer, which it does not move. The
        // 0x01 is the last byte of the first word, so the 65 bytes to hash begin at offset 31. `and` evaluates its right side
        // first, so `returndatasize` is that of this call: an account without code would succeed and return nothing.
        // slither-disable-next-line assembly
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

    /// @notice Whether `proof` shows `leaf` at `index` of the tree (`size`, `root`). RFC 9162 §2.1.3.2.
    /// @dev The proof binds neither index nor size on its own: several pairs of them have the same shape of path.
    function verifyInclusion(uint64 index, uint64 size, bytes32 leaf, bytes32[] calldata proof, bytes32 root)
        internal
        view
        returns (bool)
    {
        if (index >= size) return false;
        // Nothing here can wrap: `size` is above `index`, `fn` is above 0 where 1 is taken from it, and `i` stops at the length.
        unchecked {
            uint256 fn = index;
            uint256 sn = size - 1;
            bytes32 r = leaf;
            uint256 i = 0;
            for (; fn != sn; (fn, sn) = (fn >> 1, sn >> 1)) {
                if (i == proof.length) return false;
                bytes32 sibling = proof[i++];
                r = fn & 1 == 1 ? nodeHash(sibling, r) : nodeHash(r, sibling);
            }
            for (; fn != 0; fn &= fn - 1) {
                if (i == proof.length) return false;
                r = nodeHash(proof[i++], r);
            }
            return i == proof.length && r == root;
        }
    }

    /// @notice Whether `proof` shows that the tree (`size2`, `root2`) extends the tree (`size1`, `root1`). RFC 9162 §2.1.4.2,
    ///         for 0 < `size1` < `size2`; false outside that range.
    /// @dev Sound for the sizes claimed; many proofs also verify with another `size2`.
    function verifyConsistency(uint64 size1, uint64 size2, bytes32 root1, bytes32 root2, bytes32[] calldata proof)
        internal
        view
        returns (bool)
    {
        if (size1 == 0 || size1 >= size2 || proof.length == 0) return false;
        // Nothing here can wrap: `size1` and `size2` are above 0, `fn` is above 0 where 1 is taken from it, and `i` stops at the
        // length.
        unchecked {
            uint256 fn = size1 - 1;
            uint256 sn = size2 - 1;
            // The climb begins at the largest complete subtree that ends the old tree. When that is the whole old tree its root
            // is known, otherwise the proof brings it.
            uint256 i = 0;
            bytes32 fr = size1 & fn == 0 ? root1 : proof[i++];
            bytes32 sr = fr;
            for (; fn & 1 == 1; (fn, sn) = (fn >> 1, sn >> 1)) {}
            // Left siblings belong to both trees, right ones to the new tree alone.
            for (; fn != sn; (fn, sn) = (fn >> 1, sn >> 1)) {
                if (i == proof.length) return false;
                bytes32 sibling = proof[i++];
                if (fn & 1 == 1) {
                    fr = nodeHash(sibling, fr);
                    sr = nodeHash(sibling, sr);
                } else {
                    sr = nodeHash(sr, sibling);
                }
            }
            for (; fn != 0; fn &= fn - 1) {
                if (i == proof.length) return false;
                bytes32 sibling = proof[i++];
                fr = nodeHash(sibling, fr);
                sr = nodeHash(sibling, sr);
            }
            return i == proof.length && fr == root1 && sr == root2;
        }
    }
}
