import { createRequire } from "node:module";
import { Contract, ContractFactory, type Signer } from "ethers";

/** A token of six decimals that knows no permits, like many older ones; `more` is added to it, `onApprove` to its approvals. */
const source = (more: string, onApprove: string) => `// SPDX-License-Identifier: GPL-3.0-only
pragma solidity ^0.8.0;
contract PlainToken {
    string public constant name = "Plain";
    string public constant symbol = "PLN";
    uint8 public constant decimals = 6;
    uint256 public totalSupply;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);
    function mint(address to, uint256 value) external {
        totalSupply += value;
        balanceOf[to] += value;
        emit Transfer(address(0), to, value);
    }
    function approve(address spender, uint256 value) external returns (bool) {
        ${onApprove}
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
        return true;
    }
    function transfer(address to, uint256 value) external returns (bool) {
        return _move(msg.sender, to, value);
    }
    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        allowance[from][msg.sender] -= value;
        return _move(from, to, value);
    }
    function _move(address from, address to, uint256 value) private returns (bool) {
        balanceOf[from] -= value;
        balanceOf[to] += value;
        emit Transfer(from, to, value);
        return true;
    }
    ${more}
}`;

/** The usual domain with a `permit` of another kind, as DAI has them. */
const otherPermits = `
    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        bytes32 typehash = keccak256(
            "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
        );
        return keccak256(
            abi.encode(typehash, keccak256(bytes(name)), keccak256("1"), block.chainid, address(this))
        );
    }
    function nonces(address) external pure returns (uint256) {
        return 0;
    }
    function permit(address, address, uint256, uint256, bool, uint8, bytes32, bytes32) external {}`;

/** An allowance is set to nothing before it is set to something else, as USDT wants it. */
const onlyByNone = `require(value == 0 || allowance[msg.sender][spender] == 0, "set it to none first");`;

/** Deploys it and mints `units` of its smallest unit to an account. @returns its address */
export async function deployPlainToken(
  signer: Signer,
  account: string,
  units: bigint,
  { hasOtherPermits = false, refusesChange = false } = {},
): Promise<string> {
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };
  const output = JSON.parse(
    solc.compile(
      JSON.stringify({
        language: "Solidity",
        sources: {
          "PlainToken.sol": {
            content: source(hasOtherPermits ? otherPermits : "", refusesChange ? onlyByNone : ""),
          },
        },
        settings: { outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } } },
      }),
    ),
  );
  const { abi, evm } = output.contracts["PlainToken.sol"].PlainToken;
  const deployed = await new ContractFactory(abi, evm.bytecode.object, signer).deploy();
  const address = await deployed.getAddress();
  const token = new Contract(address, abi, signer);
  await (await token.getFunction("mint")(account, units)).wait();
  return address;
}
