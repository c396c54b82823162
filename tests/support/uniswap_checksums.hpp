// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace trimtab::test {

/// @file
/// Sums over what the protocol's own JavaScript software says about the cases of uniswap_cases.hpp, a thousand cases to
/// a sum. The same draws, written in JavaScript with its big integers, went to
/// - v3: `v3Swap` of @uniswap/v3-sdk 3.31.5 over a `TickListDataProvider`, with the amounts of every
///   `SwapMath.computeSwapStep` added up; of each swap amount in (fee included), amount out, √price, liquidity, tick
///   and whether the amount asked for was all used;
/// - v2: `Pair.getOutputAmount` and `Pair.getInputAmount` of @uniswap/v2-sdk 4.21.4; of each pair amount out (0 where
///   the software refuses it), both reserves after, and amount in (0 where the output is all there is, 2¹²⁸ where the
///   reserve would pass 112 bits).
/// Node 20; amounts as four 64-bit words, the least significant first, the tick as one, in two's complement.

inline constexpr std::uint64_t uniswap_blocks = 100;

inline constexpr std::uint64_t uniswap_v3_checksums[uniswap_blocks] = {
    0xb6af11c9a8cd2f0d, 0x678996883f24c364, 0x39ec9a4b0d564aa1, 0xa02b8d652119dc20, 0x6c0d5ba45c034402,
    0x4c69640ef8aacd06, 0x23e1580840b7360d, 0x41dd9fbdb9ee4978, 0x752d1359f6427a71, 0xe7b24efae7df4b39,
    0x96b137ce321cb936, 0xe1eeb3bda003f5a4, 0x069aad6bf641e6cd, 0x2198ad3ce3345e49, 0xe69e39b36ad28f1f,
    0xb7f240d62d939f58, 0x9111aeda25ee359c, 0x03ab2ad576e919d8, 0x9dbcde0dbb445017, 0x8440ebbad8f9626e,
    0xa1e4d75257199787, 0x4ba7068671d96393, 0x51307cbd32c64ca3, 0xb4739f1d60e4df87, 0x5e439c6abaf8572d,
    0x744ae196458d8a2f, 0xf54ddcab55e2aecc, 0xd7a87141d9ff6a2c, 0xa768241afd0c8bb0, 0xbb3614ee58c3fd78,
    0xcf45ab827567c67e, 0xc21ad8e940f625ee, 0xa6d88ca095f7ee0c, 0xe2e0e3293c33fa92, 0xea48e83a30e19fe5,
    0x5c6fe39e6dfecac5, 0x30dbd4bd79445571, 0xcfd58a3ff5f65c29, 0x5bfd180fab59b1eb, 0x828b10f893572410,
    0x004522b0e9cdf0f2, 0x3fdbb4a9e7112dbe, 0x170d09c22782ed1a, 0x11ba761d43898ace, 0x8814b4e7dd59c403,
    0x4b0853b971ca03e4, 0x5acd0e0cf0f98308, 0x1d883b97b0b4db43, 0x105fefb46229e91e, 0x1f8e07dd7c863980,
    0x468ffe20696bf546, 0xc5739873e254a869, 0x09b39178d1b28c4a, 0xf05acb2ea244e430, 0xf714ae16c37ae9b2,
    0xd7e732ad03eb20c2, 0xfee42c69fcff1778, 0xc8edf928a52fc796, 0x2c839c4490083ecf, 0x102d209aa9848e40,
    0x292ced47033fa179, 0x453530f18b4448db, 0xc7f72d8765bbdf22, 0xdd71bca2b2188191, 0xc53386c9095d9d09,
    0x05cdb43b712956c3, 0x549126fc6cf3be9d, 0x845e9253f785ce9b, 0x32a277a4c6509739, 0x1be9848bc9320c1f,
    0xb019c0b8e4fc6027, 0x0ad45ebc3e6c2d81, 0x238ab7320286d069, 0x1f0e066c5bd427e7, 0xe61bc01d0df61514,
    0xbba086eb3e49b03b, 0xba8ea09b01524406, 0x3372b9e4325b2b14, 0x3ba8345dac30c831, 0x9787e28a3fbe55ec,
    0x5175c23dd0b61de2, 0xa53019e39060acc4, 0x7d3e091e51f1f15c, 0x8299cd234eb1014f, 0x1f607a48cc22e592,
    0xddc42ba182e1cf44, 0xbc576635a15c79d9, 0x57ae05c3211d4d74, 0xc8a389034a9401e1, 0x7300f37739a3dbf7,
    0x8e2fbd607b2a8efe, 0xd77a4691bbb382c4, 0x1566c20a43a4450c, 0x3c3a9337c67091dc, 0x653726d3cff623f4,
    0x20de300aa88b442a, 0xeb902a123310a5ce, 0xb89d51de73efc0f8, 0x6f200eed4364cc01, 0x955662c4e03ed6ab};

inline constexpr std::uint64_t uniswap_v2_checksums[uniswap_blocks] = {
    0x26e8572b91eb76a7, 0xd118b95bf6f9a8f9, 0x48aafece60e5b7a9, 0x3092372b4a936555, 0xb6fcce073ad36f2b,
    0x18516da35e6b6f66, 0x74cf9d5728ddde29, 0x36eba3c620776f66, 0x4c38923beef96dc4, 0xb3e66278805c5789,
    0x8eccb604a2accb31, 0xce120545e04ff95c, 0xed4f99e584b6f644, 0xcce21e7ee628fcff, 0xac0ec9dbf2cc562d,
    0x55c11a8f3e2ae4d3, 0xd6250f230da926c2, 0xf7f8ca520c9c9362, 0x8095e51814ea77cc, 0xf3939b5b5babba80,
    0xf6835515fc08ea3c, 0xb18961d77a388800, 0xa5b45668afc3e403, 0x4debfacf23a48f28, 0xf2bcad0d3add1151,
    0x921c63c4ba566873, 0xd5b1319c7cba7e5b, 0x6c1ace2f6dfd3c0b, 0xd1bae5d7a7b9bdf3, 0x447d5e3846802bb2,
    0x5fc0ac607c4c6be0, 0x6422bab54132b371, 0x762179ab13250a07, 0x69ad56ba1f8526c9, 0x6179af8a15cc36e9,
    0xe9bb5343b3531b2a, 0xc8ff3931c4f9de8e, 0xe6dfa3ea6512c30d, 0xef3215efc49b0272, 0x20f40e687ee8d539,
    0x91c04daf91e3dced, 0x2145f0443121dd68, 0x29c48f5589d1a5cf, 0x6b019ca246834aac, 0x37ecb34d85feadc4,
    0xe5008ea42512b1b8, 0x6cd71b09c404a34f, 0x3201844fb185b54f, 0xa05ad528e5905056, 0xe0edf5829ea81a20,
    0xd12bd1ab71a85b3b, 0x3192b801418f46cd, 0x9c6462d0e5f3bd1d, 0xde402523157abe77, 0x8baee3966ea7eac2,
    0x305e23f7ee93f87b, 0x5efc04b5ae4b0ab5, 0x13d466630ce0c989, 0x4e472ab075980c71, 0x5cb28e81258a8860,
    0x3e4d3d85456e7fa9, 0xdd2a273ec35539a6, 0xe1be8c7b2d7b7d63, 0x631fd5b0900d5c1c, 0xe6ffae17ab419ddc,
    0x600c08e42a19263f, 0xeeec89633c36d7e9, 0x15509ca6ac162fd0, 0x08d133c7aa211b3d, 0x158bd5a067c74698,
    0xa29fa6daca887c98, 0x6c2558d63fc2fc1f, 0x8b437d2bbee2a740, 0x9dada0691693199f, 0xff08b136b90a8260,
    0x4f9e657ef2c3c5c9, 0xc743de5ad445cecf, 0xe8ae6759d18fcfbc, 0xb300af74a099d784, 0x02c7e63a974b9ddd,
    0xe5b16fe721c3e805, 0x01a7ac48ff73a126, 0x9fa5659106090c94, 0x2404dd1b3eaf768f, 0x57ae91709f77ae51,
    0x40780b68e36aefc6, 0x6c669b92d216a36c, 0xebb58518f4e55b3e, 0x80b3fb3054b792cc, 0xc0a6ab3c14b26cac,
    0x85ef735727d6da74, 0x389e75b362de4022, 0xfb1683a05684298c, 0xf6ba0d01a489e962, 0x82e80fa260f13147,
    0x905509c248b30243, 0x491ccb820e713917, 0x7a33a9723f64002b, 0xe2b4470d1d7c7621, 0x29d9df1b9ca84376};

}  // namespace trimtab::test
