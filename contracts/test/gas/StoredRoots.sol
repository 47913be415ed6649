// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// @dev What is commonly written with OpenZeppelin to anchor a tree: whoever holds the key stores whatever root. To compare with.
contract StoredRoots is Ownable {
    mapping(uint256 index => bytes32 root) public roots;
    uint256 public count;

    event RootStored(uint256 indexed index, bytes32 root);

    constructor(address initialOwner) Ownable(initialOwner) {}

    function store(bytes32 root) external onlyOwner {
        uint256 index = count++;
        roots[index] = root;
        emit RootStored(index, root);
    }
}
