// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev The verifiers of RFC 9162 step by step as they are written there, with the compiler's own SHA-256: what the library
///      is compared with. Lists in memory; sizes as the RFC has them, 0 < first < second.
library Steps {
    function hash(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return sha256(bytes.concat(hex"01", left, right));
    }

    /// @dev §2.1.3.2.
    function verifyInclusion(uint256 index, uint256 size, bytes32 leaf, bytes32[] memory path, bytes32 root)
        internal
        pure
        returns (bool)
    {
        if (index >= size) return false;
        (uint256 fn, uint256 sn, bytes32 r) = (index, size - 1, leaf);
        for (uint256 i = 0; i < path.length; ++i) {
            if (sn == 0) return false;
            if (fn % 2 == 1 || fn == sn) {
                r = hash(path[i], r);
                while (fn % 2 == 0 && fn != 0) {
                    (fn, sn) = (fn / 2, sn / 2);
                }
            } else {
                r = hash(r, path[i]);
            }
            (fn, sn) = (fn / 2, sn / 2);
        }
        return sn == 0 && r == root;
    }

    /// @dev §2.1.4.2.
    function verifyConsistency(uint256 first, uint256 second, bytes32 root1, bytes32 root2, bytes32[] memory path)
        internal
        pure
        returns (bool)
    {
        if (path.length == 0) return false;
        uint256 i = 0;
        (uint256 fn, uint256 sn) = (first - 1, second - 1);
        while (fn % 2 == 1) {
            (fn, sn) = (fn / 2, sn / 2);
        }
        bytes32 fr = first & (first - 1) == 0 ? root1 : path[i++];
        bytes32 sr = fr;
        for (; i < path.length; ++i) {
            if (sn == 0) return false;
            if (fn % 2 == 1 || fn == sn) {
                (fr, sr) = (hash(path[i], fr), hash(path[i], sr));
                while (fn % 2 == 0 && fn != 0) {
                    (fn, sn) = (fn / 2, sn / 2);
                }
            } else {
                sr = hash(sr, path[i]);
            }
            (fn, sn) = (fn / 2, sn / 2);
        }
        return fr == root1 && sr == root2 && sn == 0;
    }
}
