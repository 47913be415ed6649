// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {ILegalLedger} from "../src/ILegalLedger.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {vm} from "./Vm.sol";

/// @dev Who opens logs, names operators and witnesses, and owns the ledger.
contract RolesTest is LedgerTest {
    // ---------------------------------------------------------------------------------------------------------- openLog

    function test_openLog_namesTheLogByTheHashOfItsOrigin() public {
        vm.assertEq(_open("a.example/x", OPERATOR), sha256("a.example/x"));
    }

    function test_openLog_emitsLogOpened() public {
        _emitted();
        emit ILegalLedger.LogOpened(sha256("a.example/x"), "a.example/x", OPERATOR);
        _open("a.example/x", OPERATOR);
    }

    function test_openLog_makesTheLogEmptyWithItsOperator() public {
        bytes32 id = _open("a.example/x", SUCCESSOR);
        (address current, address proposed) = ledger.operatorOf(id);
        (uint64 count, uint64 size, bytes32 root, uint64 time) = ledger.head(id);
        vm.assertEq(abi.encode(current, proposed), abi.encode(SUCCESSOR, address(0)));
        vm.assertEq(abi.encode(count, size, root, time), abi.encode(0, 0, 0, 0));
    }

    function test_openLog_refusesAnotherThanTheOwner() public {
        _refused(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, OPERATOR));
        vm.prank(OPERATOR);
        ledger.openLog("a.example/x", OPERATOR);
    }

    function test_openLog_refusesAnEmptyOrigin() public {
        _refused(abi.encodeWithSelector(ILegalLedger.InvalidOrigin.selector, 0));
        _open("", OPERATOR);
    }

    function test_openLog_takesAnOriginOf255Bytes() public {
        bytes memory origin = new bytes(255);
        vm.assertEq(_open(string(origin), OPERATOR), sha256(origin));
    }

    function test_openLog_refusesAnOriginOf256Bytes() public {
        _refused(abi.encodeWithSelector(ILegalLedger.InvalidOrigin.selector, 256));
        _open(string(new bytes(256)), OPERATOR);
    }

    function test_openLog_refusesNoOperator() public {
        _refused(abi.encodeWithSelector(ILegalLedger.ZeroAddress.selector, sha256("a.example/x")));
        _open("a.example/x", address(0));
    }

    function test_openLog_refusesALogThatIsOpen() public {
        _refused(abi.encodeWithSelector(ILegalLedger.LogExists.selector, logId));
        _open(ORIGIN, SUCCESSOR);
    }

    // -------------------------------------------------------------------------------------------------- proposeOperator

    function test_proposeOperator_leavesTheOperatorInForce() public {
        _propose(SUCCESSOR);
        (address current, address proposed) = ledger.operatorOf(logId);
        vm.assertEq(abi.encode(current, proposed), abi.encode(OPERATOR, SUCCESSOR));
        _begin(3);
    }

    function test_proposeOperator_emitsOperatorProposed() public {
        _emitted();
        emit ILegalLedger.OperatorProposed(logId, OPERATOR, SUCCESSOR);
        _propose(SUCCESSOR);
    }

    function test_proposeOperator_cancelsWithZero() public {
        _propose(SUCCESSOR);
        _propose(address(0));
        _refused(abi.encodeWithSelector(ILegalLedger.NotProposedOperator.selector, SUCCESSOR));
        vm.prank(SUCCESSOR);
        ledger.acceptOperator(logId);
    }

    function test_proposeOperator_refusesAnotherThanTheOwner() public {
        _refused(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, OPERATOR));
        vm.prank(OPERATOR);
        ledger.proposeOperator(logId, SUCCESSOR);
    }

    function test_proposeOperator_refusesAnUnknownLog() public {
        _refused(abi.encodeWithSelector(ILegalLedger.UnknownLog.selector, NO_LOG));
        vm.prank(OWNER);
        ledger.proposeOperator(NO_LOG, SUCCESSOR);
    }

    // --------------------------------------------------------------------------------------------------- acceptOperator

    function test_acceptOperator_handsTheLogOver() public {
        _propose(SUCCESSOR);
        vm.prank(SUCCESSOR);
        ledger.acceptOperator(logId);
        (address current, address proposed) = ledger.operatorOf(logId);
        vm.assertEq(abi.encode(current, proposed), abi.encode(SUCCESSOR, address(0)));
    }

    function test_acceptOperator_emitsOperatorChanged() public {
        _propose(SUCCESSOR);
        _emitted();
        emit ILegalLedger.OperatorChanged(logId, OPERATOR, SUCCESSOR);
        vm.prank(SUCCESSOR);
        ledger.acceptOperator(logId);
    }

    function test_acceptOperator_endsTheFormerOperatorsRights() public {
        _propose(SUCCESSOR);
        vm.prank(SUCCESSOR);
        ledger.acceptOperator(logId);
        _refused(abi.encodeWithSelector(ILegalLedger.NotOperator.selector, OPERATOR));
        vm.prank(OPERATOR);
        ledger.append(logId, 0, 1, bytes32(uint256(1)), _none());
    }

    function test_acceptOperator_refusesAnyoneElse() public {
        _propose(SUCCESSOR);
        _refused(abi.encodeWithSelector(ILegalLedger.NotProposedOperator.selector, OWNER));
        vm.prank(OWNER);
        ledger.acceptOperator(logId);
    }

    function test_acceptOperator_refusesWithoutAProposal() public {
        _refused(abi.encodeWithSelector(ILegalLedger.NotProposedOperator.selector, SUCCESSOR));
        vm.prank(SUCCESSOR);
        ledger.acceptOperator(logId);
    }

    function test_acceptOperator_refusesTheSecondTime() public {
        _propose(SUCCESSOR);
        vm.prank(SUCCESSOR);
        ledger.acceptOperator(logId);
        _refused(abi.encodeWithSelector(ILegalLedger.NotProposedOperator.selector, SUCCESSOR));
        vm.prank(SUCCESSOR);
        ledger.acceptOperator(logId);
    }

    function test_acceptOperator_refusesAnUnknownLog() public {
        _refused(abi.encodeWithSelector(ILegalLedger.UnknownLog.selector, NO_LOG));
        vm.prank(SUCCESSOR);
        ledger.acceptOperator(NO_LOG);
    }

    // ------------------------------------------------------------------------------------------------------- setWitness

    function test_setWitness_namesAWitnessOfThisLogAlone() public {
        bytes32 other = _open("a.example/x", OPERATOR);
        _setWitness(WITNESS, true);
        vm.assertTrue(ledger.isWitness(logId, WITNESS));
        vm.assertFalse(ledger.isWitness(other, WITNESS));
    }

    function test_setWitness_strikesOff() public {
        _setWitness(WITNESS, true);
        _setWitness(WITNESS, false);
        vm.assertFalse(ledger.isWitness(logId, WITNESS));
    }

    function test_setWitness_emitsWitnessChanged() public {
        _emitted();
        emit ILegalLedger.WitnessChanged(logId, WITNESS, true);
        _setWitness(WITNESS, true);
    }

    function test_setWitness_refusesAnotherThanTheOwner() public {
        _refused(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, OPERATOR));
        vm.prank(OPERATOR);
        ledger.setWitness(logId, WITNESS, true);
    }

    function test_setWitness_refusesAnUnknownLog() public {
        _refused(abi.encodeWithSelector(ILegalLedger.UnknownLog.selector, NO_LOG));
        vm.prank(OWNER);
        ledger.setWitness(NO_LOG, WITNESS, true);
    }

    function test_setWitness_refusesAddressZero() public {
        _refused(abi.encodeWithSelector(ILegalLedger.ZeroAddress.selector, logId));
        _setWitness(address(0), true);
    }

    // -------------------------------------------------------------------------------------------------------- ownership

    function test_constructor_refusesNoOwner() public {
        _refused(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        _deploy(address(0));
    }

    function test_transferOwnership_waitsForTheNewOwner() public {
        vm.prank(OWNER);
        ledger.transferOwnership(SUCCESSOR);
        vm.assertEq(ledger.owner(), OWNER);
        vm.prank(SUCCESSOR);
        ledger.acceptOwnership();
        vm.assertEq(ledger.owner(), SUCCESSOR);
    }

    function test_acceptOwnership_refusesAnyoneElse() public {
        vm.prank(OWNER);
        ledger.transferOwnership(SUCCESSOR);
        _refused(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER));
        vm.prank(STRANGER);
        ledger.acceptOwnership();
    }

    function test_renounceOwnership_isRefusedToTheOwner() public {
        _refused(abi.encodeWithSelector(ILegalLedger.CannotRenounce.selector, OWNER));
        vm.prank(OWNER);
        ledger.renounceOwnership();
    }

    function test_renounceOwnership_isRefusedToAnyone() public {
        _refused(abi.encodeWithSelector(ILegalLedger.CannotRenounce.selector, STRANGER));
        vm.prank(STRANGER);
        ledger.renounceOwnership();
    }

    // ------------------------------------------------------------------------------------------------------------ ether

    function test_ether_isRefusedByAPlainTransfer() public {
        _assertTakesNoEther("");
    }

    function test_ether_isRefusedWithEveryFunction() public {
        bytes4[20] memory selectors = [
            ledger.openLog.selector,
            ledger.proposeOperator.selector,
            ledger.setWitness.selector,
            ledger.acceptOperator.selector,
            ledger.append.selector,
            ledger.revoke.selector,
            ledger.cosign.selector,
            ledger.head.selector,
            ledger.checkpoint.selector,
            ledger.operatorOf.selector,
            ledger.isWitness.selector,
            ledger.hasCosigned.selector,
            ledger.revocation.selector,
            ledger.verifyEntry.selector,
            ledger.owner.selector,
            ledger.pendingOwner.selector,
            ledger.transferOwnership.selector,
            ledger.acceptOwnership.selector,
            ledger.renounceOwnership.selector,
            bytes4(0xffffffff)
        ];
        for (uint256 i = 0; i < selectors.length; ++i) {
            _assertTakesNoEther(abi.encodePacked(selectors[i], new bytes(320)));
        }
    }

    function _assertTakesNoEther(bytes memory data) private {
        vm.deal(OWNER, 1 ether);
        vm.prank(OWNER);
        (bool taken, bytes memory answer) = address(ledger).call{value: 1}(data);
        vm.assertFalse(taken);
        vm.assertEq(answer, "");
        vm.assertEq(address(ledger).balance, 0);
    }

    function _propose(address operator) private {
        vm.prank(OWNER);
        ledger.proposeOperator(logId, operator);
    }

    function _setWitness(address witness, bool named) private {
        vm.prank(OWNER);
        ledger.setWitness(logId, witness, named);
    }
}
