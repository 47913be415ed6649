// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Cases} from "../Cases.sol";
import {LedgerTest} from "../LedgerTest.sol";
import {create, vm} from "../Vm.sol";
import {StoredRoots} from "./StoredRoots.sol";

/// @dev The Ethereum Attestation Service, as far as it is used here.
interface Eas {
    struct Data {
        address recipient;
        uint64 expirationTime;
        bool revocable;
        bytes32 refUID;
        bytes data;
        uint256 value;
    }

    struct Request {
        bytes32 schema;
        Data data;
    }

    function register(string calldata schema, address resolver, bool revocable) external returns (bytes32);
    function attest(Request calldata request) external payable returns (bytes32);
}

/// @dev Gas of whole transactions, intrinsic gas and call data included, on the committed artifact. Run by scripts/contract_gas.py
///      with forge's `script --isolate`, which gives every call a transaction of its own.
contract Gas is LedgerTest {
    string private constant EAS_FOLDER =
        "node_modules/@ethereum-attestation-service/eas-contracts/deployments/mainnet/";

    /// @dev For each pair of sizes in the file the gas of `append` from the first to the second, 4 bytes each, into `results`.
    function appends(string calldata pairs, string calldata results) external {
        setUp();
        bytes memory data = vm.readFileBinary(pairs);
        bytes memory used;
        uint256 tried;
        for (uint256 offset = 0; offset < data.length; ++tried) {
            Cases.Case memory c;
            (c, offset) = Cases.next(data, offset);
            bytes32 log = _open(vm.toString(tried), OPERATOR);
            if (c.number1 != 0) {
                vm.prank(OPERATOR);
                ledger.append(log, 0, c.number1, c.word1, _none());
            }
            vm.prank(OPERATOR);
            ledger.append(log, c.number1, c.number2, c.word2, c.proof);
            used = bytes.concat(used, bytes4(uint32(vm.lastCallGas().gasTotalUsed)));
        }
        vm.writeFileBinary(results, used);
    }

    /// @dev One of each other transaction, in the order of the names in scripts/contract_gas.py.
    function others() external returns (uint256[8] memory used) {
        setUp();
        bytes32 log = _open("gas.example/log", OPERATOR);
        used[0] = vm.lastCallGas().gasTotalUsed;
        bytes32 root = keccak256("root");
        vm.prank(OPERATOR);
        ledger.append(log, 0, 1_000, root, _none());
        vm.prank(OWNER);
        ledger.setWitness(log, WITNESS, true);
        used[1] = vm.lastCallGas().gasTotalUsed;
        vm.prank(WITNESS);
        ledger.cosign(log, 0, root);
        used[2] = vm.lastCallGas().gasTotalUsed;
        vm.prank(OPERATOR);
        ledger.revoke(log, COMMITMENT, 1);
        used[3] = vm.lastCallGas().gasTotalUsed;
        vm.prank(OWNER);
        ledger.proposeOperator(log, SUCCESSOR);
        used[4] = vm.lastCallGas().gasTotalUsed;
        vm.prank(SUCCESSOR);
        ledger.acceptOperator(log);
        used[5] = vm.lastCallGas().gasTotalUsed;
        used[6] = _storeRoot();
        used[7] = _attest(abi.encode(log, uint64(2_000), keccak256("later root")));
    }

    /// @dev The second root, so that the counter is no new slot.
    function _storeRoot() private returns (uint256) {
        StoredRoots stored = new StoredRoots(OPERATOR);
        vm.prank(OPERATOR);
        stored.store(keccak256("root"));
        vm.prank(OPERATOR);
        stored.store(keccak256("later root"));
        return vm.lastCallGas().gasTotalUsed;
    }

    /// @dev The code that is deployed on Ethereum, under the same rules as the rest.
    function _attest(bytes memory facts) private returns (uint256) {
        address registry = create(_code("SchemaRegistry.json"));
        Eas eas = Eas(create(bytes.concat(_code("EAS.json"), abi.encode(registry))));
        bytes32 schema = Eas(registry).register("bytes32 logId,uint64 size,bytes32 root", address(0), false);
        vm.prank(OPERATOR);
        eas.attest(
            Eas.Request({
                schema: schema,
                data: Eas.Data({
                    recipient: address(0), expirationTime: 0, revocable: false, refUID: 0, data: facts, value: 0
                })
            })
        );
        return vm.lastCallGas().gasTotalUsed;
    }

    function _code(string memory name) private view returns (bytes memory) {
        return vm.parseJsonBytes(vm.readFile(string.concat(EAS_FOLDER, name)), ".bytecode");
    }
}
